/** What every control of an input is given and what it returns, so that each can be a file of its own. */
import type { CSSResult, TemplateResult } from "lit";
import type { InputSpec } from "../../server/values.ts";
import type { Gesture } from "./gesture.ts";

/** The specifications of inputs by their kind. */
export type Specs = { readonly [Spec in InputSpec as Spec["kind"]]: Spec };
export type Kind = keyof Specs;

export type ControlInput<K extends Kind> = {
  readonly spec: Specs[K];
  /** The value to show: the user's while it is being changed, otherwise the session's. */
  readonly value: Specs[K]["value"];
  /** The session's value. */
  readonly accepted: Specs[K]["value"];
  /** For values that pass through intermediate ones, such as a slider's or a text's. */
  readonly gesture: Gesture<Specs[K]["value"]>;
  /** Sends a value to the session. */
  readonly commit: (value: Specs[K]["value"]) => void;
  /** Uploads a file and commits its path. */
  readonly upload: (file: File) => void;
};

export type Control<K extends Kind> = {
  /** Where its name is: in a label of its one field, in a heading of its group of fields, or on the control itself. */
  readonly naming: "field" | "group" | "control";
  readonly styles?: CSSResult;
  /** The control. The element with the id `control` is the one that the label belongs to. */
  readonly render: (input: ControlInput<K>) => TemplateResult;
};
