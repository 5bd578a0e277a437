/**
 * One page's connection to a session. It first gives what the page missed, then passes on every event as it comes.
 * A page that cannot follow is cut off rather than waited for: it comes back and names the last event that it has.
 */
import type { WSContext, WSEvents } from "hono/ws";
import { WebSocket } from "ws";
import type { ServerMessage } from "../protocol.ts";
import type { Session } from "../session/session.ts";
import { Refused } from "../state/requests.ts";
import { clientMessage } from "./wire.ts";

/** Events per message of a replay, and bytes that may wait for a slow page. */
const REPLAY = 500;
const BACKLOG = 32 * 1024 * 1024;

/** @param since the last sequence number that the page has; counts only with the epoch that it belongs to. */
export function sessionSocket(session: Session, since: number, epoch: string | undefined): WSEvents {
  let stop: (() => void) | undefined;
  const known = epoch === session.epoch && Number.isInteger(since) && since >= 0 && since <= session.state.seq;
  const from = known ? since : 0;
  return {
    onOpen(_, socket) {
      send(socket, { type: "welcome", epoch: session.epoch, path: session.state.path, from });
      stop = session.subscribe(from, (events) => {
        for (let at = 0; at < events.length; at += REPLAY)
          send(socket, { type: "events", events: events.slice(at, at + REPLAY) });
        if (socket.raw instanceof WebSocket && socket.raw.bufferedAmount > BACKLOG) socket.raw.terminate();
      });
      send(socket, { type: "caught-up", seq: session.state.seq });
    },
    onMessage(event, socket) {
      const message = typeof event.data === "string" ? clientMessage(event.data) : undefined;
      if (!message) return socket.close(1008, "This is no message of the workbench's protocol.");
      const { id, request } = message;
      session.request(request).then(
        () => send(socket, { type: "done", id }),
        (error: Error) => {
          if (!(error instanceof Refused)) console.error(error);
          send(socket, { type: "refused", id, message: error.message });
        },
      );
    },
    onClose: () => stop?.(),
    onError: () => stop?.(),
  };
}

function send(socket: WSContext, message: ServerMessage): void {
  if (socket.readyState === 1) socket.send(JSON.stringify(message));
}
