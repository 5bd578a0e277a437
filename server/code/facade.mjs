/** tfjs as a module. It is loaded as CommonJS, since Node would search megabytes of code for the names that it exports. */
import { createRequire } from "node:module";

const own = import.meta.url;

/** @returns the text of a module that exports what a CommonJS package exports, as the package's one copy */
export function facadeOf(name) {
  const names = Object.keys(createRequire(own)(name)).filter((each) => each !== "default");
  const lines = [
    'import { createRequire } from "node:module";',
    `const all = createRequire(${JSON.stringify(own)})(${JSON.stringify(name)});`,
    "export default all;",
    `const { ${names.map((each, index) => `${each}: _${index}`).join(", ")} } = all;`,
    `export { ${names.map((each, index) => `_${index} as ${each}`).join(", ")} };`,
  ];
  return lines.join("\n");
}
