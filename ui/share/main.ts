/**
 * The code of a shared page. The page can be read without it: it makes charts and tables interactive, gives files out,
 * switches between states and between the themes. It asks no server for anything.
 */
import { ContextProvider } from "@lit/context";
import "../look/theme-button.ts";
import type { Session } from "../session/session.ts";
import { sessionContext } from "../session/session-context.ts";
import { giveOut } from "./attachments.ts";
import { enhance } from "./enhance.ts";
import { followOutline } from "./outline.ts";
import { PAYLOAD_ID, type SharePayload } from "./payload.ts";
import { switchStates } from "./states.ts";

/** The charts of a page ask for its session. A shared chart has all its points, so there are no runs, and nothing happens. */
const session = { state: { runs: {} }, subscribe: () => () => undefined } as unknown as Session;
const provider = new ContextProvider(document.body, { context: sessionContext, initialValue: session });
provider.hostConnected();

const payload: SharePayload = JSON.parse(document.getElementById(PAYLOAD_ID)!.textContent!);
document.documentElement.classList.add("scripted");
document.getElementById("theme")?.append(document.createElement("pal-theme-button"));
giveOut(payload);
switchStates(payload);
enhance(document, payload);
followOutline();
