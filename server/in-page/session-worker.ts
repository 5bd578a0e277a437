/**
 * The session in a worker of a page: the same session as the server's, with a port in place of a socket and files in memory. It starts
 * the kernel in a worker of its own, so that code which never yields can be ended.
 */
import "./node/globals.ts";
import { Feed } from "../http/feed.ts";
import { readMessage } from "../http/wire.ts";
import { WORKSPACE as RECORDED } from "../records/record.ts";
import { openSession } from "../session/open.ts";
import type { Session } from "../session/session.ts";
import { partsOf } from "../state/parts.ts";
import { Refused } from "../state/requests.ts";
import type { ServerMessage } from "../state/server-message.ts";
import { unpacked } from "./container.ts";
import { giveKernel, setKernelCode } from "./kernel-code.ts";
import { manifest } from "./manifest.ts";
import { runInNone } from "./node/context.ts";
import { createHash } from "./node/crypto.ts";
import { allFiles, store } from "./node/disk.ts";
import { existsSync } from "./node/fs.ts";
import { basename, dirname, join, resolve } from "./node/path.ts";
import { GIVEN, RECORD, WORKSPACE } from "./places.ts";
import { MEMORY_BYTES, type ToPage, type ToWorker } from "./port.ts";
import { verifyHere } from "./verify-here.ts";

const post = (message: ToPage): void => postMessage(message);
let session: Session | undefined;
let feed: Feed | undefined;

self.onmessage = ({ data }: MessageEvent<ToWorker>) =>
  runInNone(() => {
    if (data.kind === "client") request(data.text);
    else if (data.kind === "file") keep(data);
    else begin(data).catch((error: Error) => post({ kind: "failed", message: error.message }));
  });

async function begin({ container, task }: Extract<ToWorker, { readonly kind: "begin" }>): Promise<void> {
  const parts = await unpacked(container, (name) => name !== "session.js");
  for (const [name, bytes] of parts) {
    if (name === "kernel.js") setKernelCode(bytes);
    else store([{ path: name, bytes }]);
  }
  if (task === "verify") return verifyHere(RECORD, attach, (progress) => post({ kind: "verification", progress }));
  const { notebook, seed, inputs, outside } = manifest();
  fillWorkspace();
  for (const name of outside) {
    const place = resolve(dirname(join(WORKSPACE, notebook)), name);
    if (!existsSync(place)) store([{ path: place, target: join(GIVEN, basename(name)) }]);
  }
  attach(
    await openSession({
      workspace: WORKSPACE,
      path: notebook,
      seed,
      backend: "wasm",
      memory: MEMORY_BYTES,
      use: { kind: "headless", inputs },
    }),
  );
}

/** Files that are in the record are not carried twice. */
function fillWorkspace(): void {
  const recorded = `${RECORD}/${RECORDED}/`;
  for (const file of allFiles()) {
    const place = join(WORKSPACE, file.path.slice(recorded.length));
    if (file.path.startsWith(recorded) && !existsSync(place)) store([{ ...file, path: place }]);
  }
}

/** Keeps a file of the reader where the notebook reads it; a kernel that runs gets it too. */
function keep({ id, name, bytes }: Extract<ToWorker, { readonly kind: "file" }>): void {
  try {
    const digest = createHash("sha256").update(bytes).digest("hex") as string;
    const path = join(".palimpsest", "files", digest.slice(0, 16), name.replace(/[^\p{L}\p{N}._ -]+/gu, "-"));
    const file = { path: join(WORKSPACE, dirname(manifest().notebook), path), bytes };
    store([file]);
    giveKernel([file]);
    post({ kind: "stored", id, path });
  } catch (error) {
    post({ kind: "not-stored", id, message: (error as Error).message });
  }
}

/** Sends the page the state of a session, and from then on its events. */
function attach(opened: Session): void {
  session = opened;
  const own = new Feed(
    (text, sent) => {
      post({ kind: "server", text });
      sent();
    },
    () => wholeState(opened),
  );
  feed = own;
  own.message({ type: "welcome", epoch: opened.epoch, path: opened.state.path });
  own.whole();
  opened.subscribe((events) => own.events(events));
}

function request(text: string): void {
  const reading = readMessage(text);
  if (reading.kind === "invalid" || !session) return;
  const { id, request: asked } = reading.message;
  session.request(asked).then(
    () => feed?.message({ type: "done", id }),
    (error: Error) => {
      if (!(error instanceof Refused)) console.error(error);
      feed?.message({ type: "refused", id, message: error.message });
    },
  );
}

function* wholeState({ state }: Session): Generator<Exclude<ServerMessage, { readonly type: "events" }>> {
  for (const part of partsOf(state)) yield { type: "state", part };
  yield { type: "caught-up", seq: state.seq };
}
