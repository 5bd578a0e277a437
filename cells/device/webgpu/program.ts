/**
 * A compute program as data: WGSL text, the buffers that it reads and writes, and the numbers that it is given. Text only, so
 * that programs can be made anywhere; a device compiles one when it first runs it.
 */

/** The type of a buffer's elements. */
export type Element = "f32" | "i32" | "u32" | "vec4f" | "vec2u";
export type Buffer = { readonly name: string; readonly element: Element; readonly written: boolean };
export type Parameter = { readonly name: string; readonly type: "u32" | "f32" };

export type Program = {
  readonly name: string;
  readonly code: string;
  /** In the order of their bindings; the uniform block of the parameters follows. */
  readonly buffers: readonly Buffer[];
  readonly parameters: readonly Parameter[];
};

type Description = {
  readonly name: string;
  readonly reads: Readonly<Record<string, Element>>;
  readonly writes: Readonly<Record<string, Element>>;
  /** Seen in WGSL as `p.<name>`. */
  readonly parameters: Readonly<Record<string, Parameter["type"]>>;
  /** Invocations per workgroup. */
  readonly lanes: number;
  /** Declarations before the main function. */
  readonly functions?: string;
  /** Of the main function. It sees `lane`, `group`, and `at`, the workgroup's place where groups are a plain count. */
  readonly body: string;
};

export function program({ name, reads, writes, parameters, lanes, functions = "", body }: Description): Program {
  const list = (buffers: Readonly<Record<string, Element>>, written: boolean): Buffer[] =>
    Object.entries(buffers).map(([buffer, element]) => ({ name: buffer, element, written }));
  const buffers = [...list(reads, false), ...list(writes, true)];
  const fields = Object.entries(parameters).map(([field, type]): Parameter => ({ name: field, type }));
  const declared = buffers.map(
    ({ name: buffer, element, written }, i) =>
      `@group(0) @binding(${i}) var<storage, ${written ? "read_write" : "read"}> ${buffer}: array<${element}>;`,
  );
  const code = `
struct Parameters { ${fields.map(({ name: field, type }) => `${field}: ${type}`).join(", ")} }
${declared.join("\n")}
@group(0) @binding(${buffers.length}) var<uniform> p: Parameters;
${functions}
@compute @workgroup_size(${lanes})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = group.y * groups.x + group.x;
  ${body}
}
`;
  return { name, code, buffers, parameters: fields };
}

/** Programs that differ by options, each made once. */
export function variants<O extends object>(make: (options: O) => Program): (options: O) => Program {
  const made = new Map<string, Program>();
  return (options) => {
    const key = JSON.stringify(options);
    let found = made.get(key);
    if (!found) {
      found = make(options);
      made.set(key, found);
    }
    return found;
  };
}

/** Text for each of 0 … count − 1: loops over registers are written out, as an indexed array would live in memory. */
export function each(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join("\n");
}

/** `total(lane, x)`: the sum of x over the lanes of a workgroup, in a fixed order, known to all lanes. */
export function totalOver(lanes: number): string {
  return `
var<workgroup> parts: array<f32, ${lanes}>;
fn total(lane: u32, x: f32) -> f32 {
  parts[lane] = x;
  workgroupBarrier();
  for (var reach = ${lanes / 2}u; reach > 0u; reach /= 2u) {
    if (lane < reach) { parts[lane] += parts[lane + reach]; }
    workgroupBarrier();
  }
  let sum = parts[0];
  workgroupBarrier();
  return sum;
}`;
}
