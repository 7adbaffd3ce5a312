// The settings of the server: where notices go, what could not be sent, who answers where, which days count, and what
// the server does by itself.
import { boardSection } from "../settings/board";
import { channelsSection } from "../settings/channels";
import { dutiesSection } from "../settings/duties";
import { exceptionsSection } from "../settings/exceptions";
import { holidaysSection } from "../settings/holidays";
import { modulesSection } from "../settings/modules";
import { outboxSection } from "../settings/outbox";
import { startShell } from "../shell";
import { need } from "../ui/dom";

startShell();
const outbox = outboxSection();
need("#content").append(modulesSection(), channelsSection(outbox.reload), outbox.element, exceptionsSection(), holidaysSection(), boardSection(), dutiesSection());
