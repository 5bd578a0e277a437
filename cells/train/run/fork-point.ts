/** Where a fork begins: what it takes over from the run that it is forked from. */
import type { ResumePoint } from "../../runs.ts";
import type { History } from "./history.ts";
import type { KnobValues } from "./knobs.ts";

/** The point at which a run was forked from its parent, and the knobs that differ from there on. */
export type ForkPoint = {
  readonly parent: string;
  readonly parentHistory: History;
  readonly shared: ResumePoint;
  readonly state: Promise<Uint8Array>;
  readonly knobs: KnobValues;
  readonly requestedBy: "code" | "page";
};
