/**
 * One page's connection to a session. It first sends what the page missed, then every event as it comes. A page that is too
 * slow is disconnected, so that nobody waits for it: it reconnects and names the last event that it has.
 */
import type { WSContext, WSEvents } from "hono/ws";
import { WebSocket } from "ws";
import type { ServerMessage } from "../protocol.ts";
import type { Session } from "../session/session.ts";
import { Refused } from "../state/requests.ts";
import { readMessage } from "./wire.ts";

/** Events per message. */
const BATCH = 500;
/** Bytes that may wait for a slow page. */
const BACKLOG = 32 * 1024 * 1024;
/** The WebSocket close code for a message that breaks the protocol. */
const POLICY_VIOLATION = 1008;

/** @param since the last sequence number that the page has; valid only with the epoch that it belongs to */
export function sessionSocket(session: Session, since: number, epoch: string | undefined): WSEvents {
  let stop: (() => void) | undefined;
  const known = epoch === session.epoch && Number.isInteger(since) && since >= 0 && since <= session.state.seq;
  const from = known ? since : 0;
  return {
    onOpen(_, socket) {
      send(socket, { type: "welcome", epoch: session.epoch, path: session.state.path, from });
      stop = session.subscribe(from, (events) => {
        for (let at = 0; at < events.length; at += BATCH)
          send(socket, { type: "events", events: events.slice(at, at + BATCH) });
        if (socket.raw instanceof WebSocket && socket.raw.bufferedAmount > BACKLOG) socket.raw.terminate();
      });
      send(socket, { type: "caught-up", seq: session.state.seq });
    },
    onMessage(event, socket) {
      const reading = readMessage(String(event.data));
      if (reading.kind === "invalid") {
        const { id, reason } = reading;
        if (id !== undefined) send(socket, { type: "refused", id, message: reason });
        return socket.close(POLICY_VIOLATION, id === undefined ? reason : "Invalid request.");
      }
      const { id, request } = reading.message;
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
