/** One page's connection to a session. It first sends what the page missed, then every event as it comes. */
import type { WSContext, WSEvents } from "hono/ws";
import { WebSocket } from "ws";
import type { Session } from "../session/session.ts";
import { partsOf } from "../state/parts.ts";
import { Refused } from "../state/requests.ts";
import type { ServerMessage } from "../state/server-message.ts";
import { Feed, type Send } from "./feed.ts";
import { readMessage } from "./wire.ts";

/** The WebSocket close code for a message that breaks the protocol. */
const POLICY_VIOLATION = 1008;
const FAILED = "The server failed at this request. The reason is printed in its terminal.";
/** Tells the page why the session ended, and that it must not come back by itself, which would open the notebook again. */
const SESSION_CLOSED = 4001;

/** @param since the last sequence number that the page has; valid only with the epoch that it belongs to */
export function sessionSocket(session: Session, since: number, epoch: string | undefined): WSEvents {
  let stop: (() => void) | undefined;
  const known = epoch === session.epoch && Number.isInteger(since) && since >= 0 && since <= session.state.seq;
  let feed: Feed | undefined;
  return {
    onOpen(_, socket) {
      const opened = new Feed(sender(socket), () => wholeState(session));
      feed = opened;
      opened.message({ type: "welcome", epoch: session.epoch, path: session.state.path });
      const missed = known ? session.eventsAfter(since) : undefined;
      if (missed) {
        opened.events(missed);
        opened.message({ type: "caught-up", seq: session.state.seq });
      } else opened.whole();
      stop = session.subscribe((events) => opened.events(events));
      session.onClosed(() =>
        socket.close(SESSION_CLOSED, "The notebook was closed. Reload this page to open it again."),
      );
    },
    onMessage(event, socket) {
      const reading = readMessage(String(event.data));
      if (reading.kind === "invalid") {
        const { id, reason } = reading;
        if (id !== undefined) feed?.message({ type: "refused", id, message: reason });
        return socket.close(POLICY_VIOLATION, id === undefined ? reason : "Invalid request.");
      }
      const { id, request } = reading.message;
      session.request(request).then(
        () => feed?.message({ type: "done", id }),
        (error: Error) => {
          if (!(error instanceof Refused)) console.error(error);
          const message = error instanceof Refused ? error.message : FAILED;
          feed?.message({ type: "refused", id, message });
        },
      );
    },
    onClose: () => stop?.(),
    onError: () => stop?.(),
  };
}

/** The state as it is now, part by part. Events that happen meanwhile follow it. */
function* wholeState({ state }: Session): Generator<Exclude<ServerMessage, { readonly type: "events" }>> {
  for (const part of partsOf(state)) yield { type: "state", part };
  yield { type: "caught-up", seq: state.seq };
}

/** The callback comes when the operating system has taken the bytes. */
function sender(socket: WSContext): Send {
  return (text, sent) => {
    if (socket.raw instanceof WebSocket && socket.readyState === 1) socket.raw.send(text, sent);
  };
}
