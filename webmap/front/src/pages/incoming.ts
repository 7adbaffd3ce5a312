// What comes in from outside and waits for a desk: residents' reports, homes that changed, what phones could not hand in.
import { burdensSection } from "../incoming/burdens";
import { findingsSection } from "../incoming/findings";
import { reportsSection } from "../incoming/reports";
import { shelfSection } from "../incoming/shelf";
import { startShell } from "../shell";
import { need } from "../ui/dom";

startShell();
need("#content").append(reportsSection(), findingsSection(), shelfSection(), burdensSection());
