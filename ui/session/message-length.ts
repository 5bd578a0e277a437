/** Whether a message is too long for the server, which would close the connection. */
import { type ClientMessage, MESSAGE_BYTES } from "../../server/protocol.ts";

/** What to tell the user; undefined if the message can be sent. */
export function lengthFault(message: ClientMessage): string | undefined {
  const text = JSON.stringify(message);
  if (text.length * 3 <= MESSAGE_BYTES) return undefined;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MESSAGE_BYTES) return undefined;
  const [size, most] = [bytes, MESSAGE_BYTES].map((each) => `${Math.round(each / 1e6)} MB`);
  return `This is too long to be saved: ${size}, where at most ${most} are possible. Put the data into a file beside the notebook, and read it in the cell.`;
}
