/**
 * The values of a notebook's inputs: a file of their own under `.palimpsest/inputs/`, so that a person or a headless run can
 * read them without the log.
 */
import { join } from "node:path";
import type { InputValue } from "../values.ts";
import { readRegularFile } from "./read-file.ts";
import { checked } from "./schema/fault.ts";
import { inputValues } from "./schema/values.ts";
import { writeIfChanged } from "./write-file.ts";

/** A table of an input may be long. */
const INPUT_BYTES = 32e6;

export type Inputs = Readonly<Record<string, InputValue>>;

export function inputsPath(workspace: string, notebook: string): string {
  return join(workspace, ".palimpsest", "inputs", notebook.replace(/\.ts$/, ".json"));
}

/** The values that pages have set. A file that is missing or not valid counts as empty. */
export async function readInputs(workspace: string, notebook: string): Promise<Inputs> {
  const text = await readRegularFile(inputsPath(workspace, notebook), { most: INPUT_BYTES }).then(
    (bytes) => bytes.toString("utf8"),
    () => "{}",
  );
  try {
    const found = checked(inputValues, JSON.parse(text));
    return "value" in found ? found.value : {};
  } catch {
    return {};
  }
}

export async function writeInputs(workspace: string, notebook: string, inputs: Inputs): Promise<void> {
  await writeIfChanged(inputsPath(workspace, notebook), `${JSON.stringify(inputs, null, 2)}\n`);
}
