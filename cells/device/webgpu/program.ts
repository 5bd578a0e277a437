/**
 * A compute program as plain data: its WGSL, the buffers that it reads and writes, and its parameters. It needs no device; a device
 * compiles it before it runs it for the first time.
 */

/** The type of a buffer's elements. */
export type Element = "f32" | "i32" | "u32" | "vec4f" | "vec2u";
export type Buffer = { readonly name: string; readonly element: Element; readonly written: boolean };
export type Parameter = { readonly name: string; readonly type: "u32" | "f32" };

export type Program = {
  readonly name: string;
  readonly code: string;
  /** In the order of their bindings. The uniform buffer with the parameters comes after them. */
  readonly buffers: readonly Buffer[];
  readonly parameters: readonly Parameter[];
};

type Description = {
  readonly name: string;
  readonly reads: Readonly<Record<string, Element>>;
  readonly writes: Readonly<Record<string, Element>>;
  /** Available in WGSL as `p.<name>`. */
  readonly parameters: Readonly<Record<string, Parameter["type"]>>;
  /** Invocations per workgroup. */
  readonly lanes: number;
  /** Declarations before the main function. */
  readonly functions?: string;
  /** The body of the main function. It can use `lane`, `group`, and `at` (the number of the workgroup, if groups are not a grid). */
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

/** A family of programs. Each combination of options is made once. */
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

/** `text` for each of 0 … count − 1. Loops over registers are unrolled, because an indexed array would be in memory. */
export function each(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join("\n");
}

/** `total(lane, x)`: the sum of x over all lanes of a workgroup, in a fixed order. All lanes get it. */
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
