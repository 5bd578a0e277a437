/** From a request of the page to the events that it causes, or to the reason why it is refused: a page may be out of date. */
import type { SessionEvent } from "../events.ts";
import { printHead, readHead } from "../notebook/source/head.ts";
import { parseNotebook, sourceFault } from "../notebook/source/parse.ts";
import { printNotebook } from "../notebook/source/print.ts";
import type { Cell } from "../notebook/types.ts";
import type { Request } from "../protocol.ts";
import type { RunOrder } from "../values.ts";
import { unsuited } from "./input-value.ts";
import { freeId, sameCells } from "./merge-cells.ts";
import { accepted, askedFirst } from "./question.ts";
import type { SessionState } from "./state.ts";
import { cellState } from "./state.ts";

export class Refused extends Error {}

const ID = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?$/u;

/**
 * @param now milliseconds since 1970
 * @throws Refused with a message for the user
 */
export function eventsOf(
  state: SessionState,
  request: Exclude<Request, { type: "restart-kernel" | "save-file" }>,
  now: number,
): readonly SessionEvent[] {
  switch (request.type) {
    case "edit":
      return edited(state, request);
    case "insert": {
      if (request.after !== null) existing(state, request.after);
      const { kind, source = "" } = request;
      requireSavable(kind, source);
      const id = numberedId(kind === "code" ? "cell" : "markdown", state);
      return [{ type: "cell-inserted", cell: { id, kind, source, mode: "auto", options: {} }, after: request.after }];
    }
    case "put-back":
      if (request.after !== null) existing(state, request.after);
      requireFree(state, request.cell.id);
      requireHead(request.cell);
      requireSavable(request.cell.kind, request.cell.source);
      return [{ type: "cell-inserted", cell: request.cell, after: request.after }];
    case "remove":
      existing(state, request.cell);
      return askedFirst(
        state,
        { change: "remove", cell: request.cell },
        [{ type: "cell-removed", cell: request.cell }],
        now,
      );
    case "move":
      existing(state, request.cell);
      if (request.after !== null) existing(state, request.after);
      return [{ type: "cell-moved", cell: request.cell, after: request.after }];
    case "rename":
      existing(state, request.cell);
      if (request.to === request.cell) return [];
      requireFree(state, request.to);
      return [{ type: "cell-renamed", cell: request.cell, to: request.to }];
    case "mode":
      existing(state, request.cell);
      return [{ type: "cell-mode", cell: request.cell, mode: request.mode }];
    case "flag": {
      const { kind, options } = existing(state, request.cell);
      if (kind === "markdown")
        throw new Refused(`The cell ${request.cell} holds text, so "${request.flag}" has no effect on it.`);
      const others = Object.fromEntries(Object.entries(options).filter(([key]) => key !== request.flag));
      const next = request.on ? { ...others, [request.flag]: "true" } : others;
      const events: readonly SessionEvent[] = [{ type: "cell-options", cell: request.cell, options: next }];
      return request.flag === "disabled" && request.on
        ? askedFirst(state, { change: "disable", cell: request.cell }, events, now)
        : events;
    }
    case "settings": {
      const { lazy = state.settings.lazy, ask = state.settings.ask } = request;
      if (ask !== "never" && !(ask >= 0 && ask < Number.POSITIVE_INFINITY))
        throw new Refused(
          `The time limit without a question must be at least 0 seconds, or "never". It cannot be ${ask}.`,
        );
      return [{ type: "settings", settings: { lazy, ask } }];
    }
    case "decide": {
      const { question } = state;
      if (!question) throw new Refused("This question was answered already.");
      const events = request.accept && question.about === "changes" ? accepted(state, question.changes) : [];
      return [{ type: "question-answered" }, ...events];
    }
    case "answer":
      return [{ type: "ask-answered", run: request.run }];
    case "run":
      if (typeof request.cells !== "string") for (const id of request.cells) existing(state, id);
      return [{ type: "run-asked", cells: request.cells }];
    case "steer":
      return [{ type: "run-steered", run: request.run, order: steerable(state, request.run, request.order) }];
    case "stop":
      if (request.cell !== undefined) existing(state, request.cell);
      return [{ type: "stop-asked", ...(request.cell !== undefined && { cell: request.cell }) }];
    case "input": {
      existing(state, request.cell);
      const input = cellState(state, request.cell)?.inputs.find((each) => each.name === request.name);
      if (!input) throw new Refused(`The cell ${request.cell} has no input ${request.name}. Run the cell first.`);
      const why = unsuited(input.spec, request.value);
      if (why !== undefined) throw new Refused(`${request.name} cannot be ${JSON.stringify(request.value)}: ${why}.`);
      return [{ type: "input-set", cell: request.cell, name: request.name, value: request.value }];
    }
  }
}

/** @throws Refused if the run cannot do that */
function steerable(state: SessionState, id: string, order: RunOrder): RunOrder {
  const run = Object.hasOwn(state.runs, id) ? state.runs[id] : undefined;
  const cell = run && cellState(state, run.info.cell);
  if (!run || !cell) throw new Refused(`The run ${id} no longer exists.`);
  if (cell.values.kind === "none" || cell.generation !== run.info.generation)
    throw new Refused(`The run ${id} belongs to an earlier execution of the cell ${cell.cell.id}. Run the cell again.`);
  if (run.status !== "running" && order.type !== "fork")
    throw new Refused(`The run ${id} has ended. It can be forked at a checkpoint.`);
  const at = order.type === "fork" ? order.at : order.type === "rewind" ? order.to : undefined;
  if (at !== undefined && !run.checkpoints.some(({ step }) => step === at))
    throw new Refused(`The run ${id} has no checkpoint at step ${at}.`);
  const knobs = order.type === "fork" ? Object.entries(order.knobs) : [];
  for (const [name, value] of knobs) {
    const current = Object.hasOwn(run.info.knobs, name) ? run.info.knobs[name] : undefined;
    if (current === undefined) throw new Refused(`The run ${id} has no knob ${name}.`);
    if (typeof value !== typeof current)
      throw new Refused(
        `${name} cannot be ${JSON.stringify(value)} in a fork of the run ${id}: it must be a ${typeof current}.`,
      );
  }
  return order;
}

/** A `// %%` line that was typed inside a cell splits the cell there, since the saved file would be read that way. */
function edited(state: SessionState, request: Extract<Request, { type: "edit" }>): readonly SessionEvent[] {
  const { cell, source, by } = request;
  const old = existing(state, cell);
  if (old.source === source) return [];
  requireSavable(old.kind, source);
  const edit: SessionEvent = { type: "cell-edited", cell, source, by };
  if (old.kind === "markdown" || !/^\/\/[ \t]*%%/m.test(source)) return [edit];
  const cells = state.cells.map((each) => (each.cell.id === cell ? { ...each.cell, source } : each.cell));
  const reread = parseNotebook(printNotebook({ cells })).cells;
  return sameCells(reread, cells) ? [edit] : [edit, { type: "replaced", cells: reread }];
}

/** @throws Refused if the id is not valid, or if another cell has it */
function requireFree(state: SessionState, id: string): void {
  if (!ID.test(id) || readHead(`// %% ${id}`)?.id !== id)
    throw new Refused(`"${id}" is not a valid name for a cell. Use letters, digits, ".", "-" and "_".`);
  if (cellState(state, id)) throw new Refused(`Another cell is already called ${id}.`);
}

/** @throws Refused if the `// %%` line of the cell would be read back differently */
function requireHead({ id, kind, mode, options }: Cell): void {
  const read = readHead(printHead({ id, kind, mode, options }));
  if (
    !read ||
    JSON.stringify([read.id, read.kind, read.mode, read.options]) !== JSON.stringify([id, kind, mode, options])
  )
    throw new Refused(`The cell ${id} has invalid options in its "// %%" line.`);
}

/** @throws Refused if the file with this source could not be read as a notebook again */
function requireSavable(kind: Cell["kind"], source: string): void {
  const fault = sourceFault(kind, source);
  if (fault !== undefined) throw new Refused(`This cannot be saved: ${fault}. Your text stays in the page.`);
}

function existing(state: SessionState, id: string): Cell {
  const found = cellState(state, id);
  if (!found) throw new Refused(`The cell ${id} no longer exists.`);
  return found.cell;
}

function numberedId(word: string, state: SessionState): string {
  const cells = state.cells.map((each) => each.cell);
  let n = 1;
  while (freeId(`${word}-${n}`, cells) !== `${word}-${n}`) n++;
  return `${word}-${n}`;
}
