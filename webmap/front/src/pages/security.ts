// How one signs in: the second factor, where one is signed in, and the devices that stay so.
import { pageData } from "../pagedata";
import { factorSection } from "../security/factor";
import { signedInLists } from "../security/lists";
import { finishTie, ownPlatforms, returned } from "../security/outside";
import { startShell } from "../shell";
import { need } from "../ui/dom";

startShell();
const back = returned();

async function start(): Promise<void> {
  if (back && !pageData.must_enrol) await finishTie(back);
  // Before a second factor that a role asks for is set up the server tells nothing else.
  need("#content").append(factorSection(), ...(pageData.must_enrol ? [] : [signedInLists("/api"), ownPlatforms()]));
}

void start();
