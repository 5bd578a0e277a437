/**
 * The WGSL of the matrix product. A workgroup of 256 computes a square tile of the result; each invocation computes 4×4 or 8×8 elements
 * of it in registers. Slices of both operands are copied to workgroup memory in blocks of 4×4. Either operand may be transposed, and b
 * may be packed in 16 bits. A second pair of operands (LoRA) can be added to the same tile. If there are few tiles, long sums are split
 * among workgroups and added in a fixed order afterwards.
 */
import { type Format, widening } from "./packed.ts";
import { type Element, each, program, variants } from "./program.ts";

/** Elements of the result per invocation and direction: tiles of 64 and 128. */
export type Part = 4 | 8;
export type ProductOptions = {
  readonly part: Part;
  /** Whether a is stored as `[inner, rows]`. */
  readonly transposedA: boolean;
  /** Whether b is stored as `[columns, inner]`. */
  readonly transposedB: boolean;
  /** Whether the length of every line is a multiple of four elements. */
  readonly aligned: boolean;
  /** The format of b. All other operands are float32. */
  readonly format: Format;
  /** Whether there is a second pair of operands, stored like the first. */
  readonly extra: boolean;
  readonly bias: boolean;
  /** Whether the result is added to c. */
  readonly add: boolean;
};

/** The depth of a slice. Each invocation then loads one block of 4×4. */
export const depthOf = (part: Part): number => 128 / part;

function elementOf(aligned: boolean, format: Format): Element {
  if (format === "F32") return aligned ? "vec4f" : "f32";
  return aligned ? "vec2u" : "u32";
}

/** `load_<name>(line, at, …)`: four elements of a line from place `at`; zero outside the matrix. */
function loader(name: string, aligned: boolean, format: Format): string {
  const head = `fn load_${name}(line: u32, at: u32, lines: u32, width: u32, first: u32) -> vec4f {`;
  if (aligned) {
    const word = `let words = ${name}[((line + first) * width + at) / 4u];`;
    const value =
      format === "F32"
        ? `return ${name}[((line + first) * width + at) / 4u];`
        : `${word} return vec4f(${["x", "y"].map((c) => `widened_${format}(words.${c} & 0xffffu), widened_${format}(words.${c} >> 16u)`).join(", ")});`;
    return `${head}
  if (line >= lines || at >= width) { return vec4f(); }
  ${value}
}`;
  }
  const one = format === "F32" ? `${name}[i]` : `widened_${format}((${name}[i / 2u] >> (16u * (i % 2u))) & 0xffffu)`;
  return `${head}
  var four = vec4f();
  if (line >= lines) { return four; }
  let start = (line + first) * width + at;
  for (var j = 0u; j < min(4u, width - min(width, at)); j += 1u) {
    let i = start + j;
    four[j] = ${one};
  }
  return four;
}`;
}

/**
 * Copies a 4×4 block of one operand to its slice. Lines along the inner dimension are transposed.
 * @param name of the buffer
 */
function copyBlock(side: "a" | "b", name: string, alongInner: boolean, part: Part, sizes: string, factor = ""): string {
  const [quads, deep] = [4 * part, depthOf(part) / 4];
  const load = (line: string, at: string): string => `load_${name}(${line}, ${at}, ${sizes})${factor}`;
  const place = (k: number): string => `slice_${side}[(deep * 4u + ${k}u) * ${quads}u + quad]`;
  const rows = each(
    4,
    (j) =>
      `let line${j} = ${alongInner ? load(`edge_${side} + quad * 4u + ${j}u`, "k0 + deep * 4u") : load(`k0 + deep * 4u + ${j}u`, `edge_${side} + quad * 4u`)};`,
  );
  return `
    ${alongInner ? `let deep = own % ${deep}u; let quad = own / ${deep}u;` : `let quad = own % ${quads}u; let deep = own / ${quads}u;`}
    ${rows}
    let block = ${alongInner ? "transpose(mat4x4f(line0, line1, line2, line3))" : "mat4x4f(line0, line1, line2, line3)"};
    ${each(4, (k) => `${place(k)} = block[${k}];`)}`;
}

export const productProgram = variants((options: ProductOptions) => {
  const { part, transposedA, transposedB, aligned, format, extra, bias, add } = options;
  const [tile, quads, groups] = [16 * part, 4 * part, part / 4];
  const column = `(group.x * ${tile}u)`;
  const sum = (i: number, h: number): string => `sum_${i}_${h}`;
  const slice = (of: "" | "2"): string => {
    const [inner, sizeA, sizeB] = of
      ? [
          "p.inner2",
          transposedA ? "p.inner2, p.rows, 0u" : "p.rows, p.inner2, 0u",
          transposedB ? "p.columns, p.inner2, 0u" : "p.inner2, p.columns, 0u",
        ]
      : [
          "p.inner",
          transposedA ? "p.inner, p.rows, p.fromA" : "p.rows, p.inner, p.fromA",
          transposedB ? "p.columns, p.inner, p.fromB" : "p.inner, p.columns, p.fromB",
        ];
    const [begin, end] = of ? ["0u", inner] : ["group.z * p.span", `min(${inner}, (group.z + 1u) * p.span)`];
    return `
  for (var k0 = ${begin}; k0 < ${end}; k0 += ${depthOf(part)}u) {
    let own = lane % 128u;
    if (lane < 128u) {
    ${copyBlock("a", `a${of}`, !transposedA, part, sizeA, of ? " * p.scale2" : "")}
    } else {
    ${copyBlock("b", `b${of}`, transposedB, part, sizeB)}
    }
    workgroupBarrier();
    for (var k = 0u; k < ${depthOf(part)}u; k += 1u) {
      ${each(groups, (g) => `let left${g} = slice_a[k * ${quads}u + ${g * 16}u + ty]; let right${g} = slice_b[k * ${quads}u + ${g * 16}u + tx];`)}
      ${each(part, (i) => each(groups, (h) => `${sum(i, h)} += left${Math.floor(i / 4)}[${i % 4}] * right${h};`))}
    }
    workgroupBarrier();
  }`;
  };
  const store = (i: number, h: number): string => `
  {
    let row = group.y * ${tile}u + ${Math.floor(i / 4) * 64}u + ty * 4u + ${i % 4}u;
    let column = ${column} + ${h * 64}u + tx * 4u;
    if (row < p.rows) { put(group.z, row, column, ${sum(i, h)}); }
  }`;
  return program({
    name: "product",
    reads: {
      a: elementOf(aligned, "F32"),
      b: elementOf(aligned, format),
      ...(extra ? { a2: elementOf(aligned, "F32"), b2: elementOf(aligned, "F32") } : {}),
      ...(bias ? { bias: "f32" } : {}),
    },
    writes: { c: "f32" },
    parameters: {
      ...{ rows: "u32", columns: "u32", inner: "u32", span: "u32", fromA: "u32", fromB: "u32", fromC: "u32" },
      ...{ scale: "f32", inner2: "u32", scale2: "f32" },
    },
    lanes: 256,
    functions: `
var<workgroup> slice_a: array<vec4f, ${depthOf(part) * quads}>;
var<workgroup> slice_b: array<vec4f, ${depthOf(part) * quads}>;
${format === "F32" ? "" : widening(format)}
${loader("a", aligned, "F32")}
${loader("b", aligned, format)}
${extra ? loader("a2", aligned, "F32") + loader("b2", aligned, "F32") : ""}
fn put(split: u32, row: u32, column: u32, sums: vec4f) {
  let start = (split * p.rows + row + p.fromC) * p.columns + column;
  ${each(
    4,
    (i) =>
      `if (column + ${i}u < p.columns) { c[start + ${i}u] = sums[${i}]${bias ? ` + bias[column + ${i}u]` : ""}${add ? ` + c[start + ${i}u]` : ""}; }`,
  )}
}`,
    body: `
  let tx = lane % 16u;
  let ty = lane / 16u;
  let edge_a = group.y * ${tile}u;
  let edge_b = ${column};
  ${each(part, (i) => each(groups, (h) => `var ${sum(i, h)} = vec4f();`))}
  ${slice("")}
  ${each(part, (i) => each(groups, (h) => `${sum(i, h)} *= p.scale;`))}
  ${extra ? `if (group.z == 0u) { ${slice("2")} }` : ""}
  ${each(part, (i) => each(groups, (h) => store(i, h)))}`,
  });
});

/** Adds the parts of a split sum, and the bias. */
export const joinProgram = variants(({ bias, add }: Pick<ProductOptions, "bias" | "add">) =>
  program({
    name: "join",
    reads: { parts: "f32", ...(bias ? { bias: "f32" } : {}) },
    writes: { c: "f32" },
    parameters: { size: "u32", columns: "u32", splits: "u32", start: "u32" },
    lanes: 64,
    body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  var sum = ${add ? "c[p.start + i]" : "0.0"};
  for (var split = 0u; split < p.splits; split += 1u) { sum += parts[split * p.size + i]; }
  c[p.start + i] = sum${bias ? " + bias[i % p.columns]" : ""};`,
  }),
);
