/** Forms that a cell cannot hold, each with what to write instead: code that only TypeScript makes, exports, news of V8. */
import { nodeAt, type SyntaxNode } from "./syntax.ts";

/** Why this node cannot stay, or undefined. */
export function refusal(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "TSEnumDeclaration": {
      const name = String(nodeAt(node, "id")?.name);
      return `An enum cannot be used in a cell. Write const ${name} = { … } as const, or a union: type ${name} = "a" | "b".`;
    }
    case "TSModuleDeclaration":
      return "A namespace cannot be used in a cell. Write a const with an object instead.";
    case "TSParameterProperty":
      return "A parameter cannot declare a property here. Declare it in the class and assign it in the constructor.";
    case "TSTypeAssertion":
      return "Write `value as Type` instead of `<Type>value`.";
    case "TSImportEqualsDeclaration":
      return 'Write import … from "…" instead of import … = ….';
    case "ExportNamedDeclaration":
      return nodeAt(node, "declaration") ? undefined : EXPORT;
    case "TSExportAssignment":
    case "TSNamespaceExportDeclaration":
    case "ExportDefaultDeclaration":
    case "ExportAllDeclaration":
      return EXPORT;
    case "Decorator":
      return "Decorators cannot be used in a cell. Call the function on the class instead.";
    case "MetaProperty":
      return nodeAt(node, "meta")?.name === "import"
        ? "import.meta is not there in a cell. Paths are relative to the notebook's folder."
        : undefined;
    case "VariableDeclaration":
      return /using/.test(String(node.kind))
        ? `\`${node.kind}\` is not available yet. Write const, and dispose with onDispose(…) or in finally.`
        : undefined;
    case "PropertyDefinition":
      return node.accessor === true ? "The word accessor is not available yet. Leave it out." : undefined;
    default:
      return undefined;
  }
}

const EXPORT = "A cell need not export: other cells see everything that it declares. Give the value a name.";
