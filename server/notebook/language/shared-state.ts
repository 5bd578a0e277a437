/**
 * State that cells would share by changing it: a list of another cell that a cell pushes to, a `let` that a function of its cell
 * assigns to when another cell calls it. Such changes run no cell again. Only what is certain from the code is found: methods
 * count only on values that are seen to be lists, maps or sets, since objects of libraries have methods with the same names.
 */
import type { Program } from "acorn";
import type { Change, Mutation, Shape, SharedState } from "../types.ts";
import { namesOf } from "./binder.ts";
import { declaredBy } from "./declared-names.ts";
import { childrenOf, isNode, nodeAt, nodesAt, type SyntaxNode, startOf } from "./syntax.ts";

export const NOTHING_SHARED: SharedState = { shapes: {}, mutations: [], changes: [] };

/** @param program a JavaScript tree */
export function sharedStateOf(program: Program): SharedState {
  const statements = program.body.map((statement) => inStatement(program, statement));
  const own = new Set(statements.flatMap(({ defines }) => defines));
  const mutations = statements.flatMap(({ mutations }) => mutations).filter(({ name }) => !own.has(name));
  const changes = changesAfterwards(statements, own);
  const shapes = Object.fromEntries(program.body.flatMap(shapesIn));
  return mutations.length + changes.length + Object.keys(shapes).length === 0
    ? NOTHING_SHARED
    : { shapes, mutations, changes };
}

type InStatement = {
  readonly defines: readonly string[];
  /** The names of the top level and of other cells that it uses. */
  readonly uses: ReadonlySet<string>;
  /** Changes of such names, with whether they happen in a function that is called later. */
  readonly mutations: readonly (Mutation & { readonly later: Later })[];
};
/** `no`: while the statement runs. `function`: when a function is called. `callback`: when a timer or an event does. */
type Later = "no" | "function" | "callback";

const LATER_CALLS = /^(?:setTimeout|setInterval|setImmediate|on|once|addListener|addEventListener|subscribe|watch)$/;

function inStatement(program: Program, statement: Program["body"][number]): InStatement {
  const { free } = namesOf({ ...program, body: [statement] });
  const places = new Set(free.map(({ id }) => id.start));
  const mutations: InStatement["mutations"][number][] = [];
  const visit = (node: SyntaxNode, later: Later): void => {
    const found = mutationBy(node);
    if (found && places.has(found.root.start)) {
      const { root, ...how } = found;
      mutations.push({ name: String(root.name), position: startOf(root), later, ...how });
    }
    const calls = node.type === "CallExpression" && LATER_CALLS.test(calledName(node) ?? "");
    for (const child of childrenOf(node)) {
      const isFunction = child.type.includes("Function");
      visit(child, !isFunction || later === "callback" ? later : calls ? "callback" : "function");
    }
  };
  const node = statement as unknown as SyntaxNode;
  visit(node, node.type.includes("Function") ? "function" : "no");
  return { defines: definedBy(statement), uses: new Set(free.map(({ id }) => id.name)), mutations };
}

function definedBy(statement: Program["body"][number]): string[] {
  switch (statement.type) {
    case "VariableDeclaration":
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return declaredBy(statement);
    default:
      return [];
  }
}

/** The changes of the cell's own names by functions that others may call, directly or through another function, and by timers. */
function changesAfterwards(statements: readonly InStatement[], own: ReadonlySet<string>): Change[] {
  const later = (each: InStatement, kind: Later): Change[] =>
    each.mutations.filter((one) => one.later === kind && own.has(one.name)).map(({ later: _, ...one }) => one);
  const all = statements.flatMap((each) => later(each, "callback"));
  for (const each of statements) {
    const reached = new Set([each]);
    for (const one of reached)
      for (const other of statements) if (other.defines.some((name) => one.uses.has(name))) reached.add(other);
    const changes = [...reached].flatMap((one) => later(one, "function"));
    for (const by of each.defines) for (const change of changes) if (change.name !== by) all.push({ ...change, by });
  }
  return all;
}

type Found = Omit<Mutation, "name" | "position"> & { readonly root: SyntaxNode };

/** The change that a node makes to a variable or to what it holds. */
function mutationBy(node: SyntaxNode): Found | undefined {
  switch (node.type) {
    case "AssignmentExpression":
      return assigned(nodeAt(node, "left"), ` ${node.operator} …`);
    case "UpdateExpression":
      return assigned(nodeAt(node, "argument"), String(node.operator));
    case "UnaryExpression": {
      const found = node.operator === "delete" ? assigned(nodeAt(node, "argument"), "") : undefined;
      return found?.kind === "property" ? { ...found, how: `delete ${found.how}` } : undefined;
    }
    case "CallExpression": {
      const callee = nodeAt(node, "callee");
      const [first] = nodesAt(node, "arguments");
      if (callee && textOf(callee) === "Object.assign" && first?.type === "Identifier")
        return { root: first, kind: "property", how: `Object.assign(${first.name}, …)` };
      const object =
        callee?.type === "MemberExpression" && callee.computed !== true ? nodeAt(callee, "object") : undefined;
      const root = object && rootOf(object);
      if (!callee || !root) return undefined;
      const method = String(nodeAt(callee, "property")?.name);
      return { root, kind: object === root ? "method" : "inner-method", method, how: `${textOf(callee)}(…)` };
    }
    default:
      return undefined;
  }
}

function assigned(target: SyntaxNode | undefined, rest: string): Found | undefined {
  if (target?.type === "Identifier") return { root: target, kind: "variable", how: `${target.name}${rest}` };
  const root = target?.type === "MemberExpression" ? rootOf(target) : undefined;
  return target && root ? { root, kind: "property", how: `${textOf(target)}${rest}` } : undefined;
}

/** The variable at the start of `a.b[c].d`. */
function rootOf(node: SyntaxNode): SyntaxNode | undefined {
  const object = node.type === "MemberExpression" ? nodeAt(node, "object") : undefined;
  return object ? rootOf(object) : node.type === "Identifier" ? node : undefined;
}

function calledName(call: SyntaxNode): string | undefined {
  const callee = nodeAt(call, "callee");
  const name = callee?.type === "MemberExpression" ? nodeAt(callee, "property")?.name : callee?.name;
  return typeof name === "string" ? name : undefined;
}

/** `a.b[…].c` */
function textOf(node: SyntaxNode): string {
  if (node.type !== "MemberExpression") return String(node.name);
  const object = nodeAt(node, "object");
  return `${object ? textOf(object) : ""}${node.computed === true ? "[…]" : `.${nodeAt(node, "property")?.name}`}`;
}

/** The names whose initialiser shows what they hold. */
function shapesIn(statement: Program["body"][number]): (readonly [string, Shape])[] {
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const shape = isNode(init) ? shapeOf(init) : undefined;
    return id.type === "Identifier" && shape ? [[id.name, shape] as const] : [];
  });
}

function shapeOf(node: SyntaxNode): Shape | undefined {
  if (node.type === "ArrayExpression") return "list";
  if (node.type === "ObjectExpression") return "object";
  const callee = nodeAt(node, "callee");
  const name = callee && textOf(callee);
  if (node.type === "CallExpression") return name === "Array.from" || name === "Array.of" ? "list" : undefined;
  if (node.type !== "NewExpression" || name === undefined) return undefined;
  return name === "Map" ? "map" : name === "Set" ? "set" : /^(?:.+)?Array$/.test(name) ? "list" : undefined;
}

const METHODS: Readonly<Record<Shape, RegExp>> = {
  list: /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set)$/,
  map: /^(?:set|delete|clear)$/,
  set: /^(?:add|delete|clear)$/,
  object: /^$/,
};

/** Whether it is certain that this changes a value of this shape. */
export function changesValue({ kind, method = "" }: Omit<Mutation, "name">, shape: Shape | undefined): boolean {
  if (kind === "variable" || kind === "property") return true;
  if (shape === undefined) return false;
  return kind === "method" ? METHODS[shape].test(method) : /^(?:push|unshift|splice)$/.test(method);
}
