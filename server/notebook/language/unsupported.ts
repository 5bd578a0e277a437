/** Forms that a cell cannot contain, each with what to write instead: TypeScript that is more than types, exports, and JavaScript that is too new. */
import { nodeAt, type SyntaxNode } from "./syntax.ts";

/** Why a cell cannot contain this node, and what to write instead; undefined if it can. */
export function unsupportedForm(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "TSEnumDeclaration": {
      const name = String(nodeAt(node, "id")?.name);
      return `A cell cannot contain an enum. Write const ${name} = { … } as const, or a union: type ${name} = "a" | "b".`;
    }
    case "TSModuleDeclaration":
      return "A cell cannot contain a namespace. Write a const with an object instead.";
    case "TSParameterProperty":
      return "A constructor parameter cannot declare a property here. Declare the property in the class and assign it in the constructor.";
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
      return "A cell cannot contain decorators. Call the function with the class instead.";
    case "MetaProperty":
      return nodeAt(node, "meta")?.name === "import"
        ? "import.meta is not available in a cell. Paths are relative to the folder of the notebook."
        : undefined;
    case "VariableDeclaration":
      return /using/.test(String(node.kind))
        ? `\`${node.kind}\` is not supported yet. Write const, and release the resource with onDispose(…) or in a finally block.`
        : undefined;
    case "PropertyDefinition":
      return node.accessor === true ? "The keyword accessor is not supported yet. Remove it." : undefined;
    default:
      return undefined;
  }
}

const EXPORT =
  "A cell does not need to export anything: other cells can use all names that it declares. Give the value a name.";
