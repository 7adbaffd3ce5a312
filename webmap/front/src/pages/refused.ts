// A page that this account may not open: only the frame works.
import { startShell } from "../shell";

startShell();
