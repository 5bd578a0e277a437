/**
 * Which names a cell declares and which it uses, values and types. One walk over the tree with its types, so that cells
 * which cannot run, for an enum or a decorator, are understood as well as those that can. It follows what TypeScript's
 * own binder says about the same code.
 */
import type { Program } from "acorn";
import { type Manner, type Name, Scope } from "./scope.ts";
import { childrenOf, HOLDS_VALUE, nodeAt, nodesAt, type SyntaxNode } from "./syntax.ts";
import { isTypeAlone } from "./type-alone.ts";
import { rootOf, walkType } from "./type-names.ts";

export type Use = { readonly id: Name; readonly manner: Manner };

export type Names = {
  /** Value names of the top level, a hoisted `var` and imports among them, with the place of their first declaration. */
  readonly definitions: ReadonlyMap<string, Name>;
  readonly typeDefinitions: ReadonlySet<string>;
  /** Uses of what the cell does not declare, in the order of the code. */
  readonly free: readonly Use[];
};

export function namesOf(program: Program): Names {
  const binder = new Binder();
  const top = Scope.top();
  binder.visit(program as unknown as SyntaxNode, top);
  const free = binder.uses.filter(({ id, scope, manner }) => scope.isFree(id.name, manner));
  return {
    definitions: top.values,
    typeDefinitions: top.types,
    free: free.sort((a, b) => a.id.start - b.id.start),
  };
}

type Bind = (id: Name) => void;

class Binder {
  readonly uses: (Use & { readonly scope: Scope })[] = [];

  readonly #note = (id: Name, scope: Scope, manner: Manner): void => {
    this.uses.push({ id, scope, manner });
  };

  visit(node: SyntaxNode, scope: Scope): void {
    if (isTypeAlone(node)) this.#typeAlone(node, scope);
    else if (Object.hasOwn(this.#ways, node.type)) this.#ways[node.type]!(node, scope);
    else if (node.type.startsWith("TS") && !HOLDS_VALUE.has(node.type)) walkType(node, scope, this.#note);
    else this.#all(node, scope);
  }

  /** Nodes in which not every identifier is the use of a name around. */
  readonly #ways: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => void>> = {
    Identifier: (node, scope) => this.#note(node as Name, scope, "read"),
    MemberExpression: (node, scope) => this.#member(node, scope),
    Property: (node, scope) => this.#member(node, scope),
    PropertyDefinition: (node, scope) => this.#member(node, scope),
    MethodDefinition: (node, scope) => this.#member(node, scope),
    LabeledStatement: (node, scope) => this.#each(node, ["body"], scope),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    MetaProperty: () => {},
    UnaryExpression: (node, scope) => this.#operation(node, scope),
    UpdateExpression: (node, scope) => this.#operation(node, scope),
    AssignmentExpression: (node, scope) => this.#operation(node, scope),
    VariableDeclaration: (node, scope) => this.#variables(node, scope),
    FunctionDeclaration: (node, scope) => {
      this.#declared(node, scope);
      this.#function(node, scope);
    },
    FunctionExpression: (node, scope) => this.#function(node, scope),
    ArrowFunctionExpression: (node, scope) => this.#function(node, scope),
    ClassDeclaration: (node, scope) => {
      this.#declared(node, scope);
      this.#class(node, scope);
    },
    ClassExpression: (node, scope) => this.#class(node, scope),
    BlockStatement: (node, scope) => this.#all(node, scope.block()),
    ForStatement: (node, scope) => this.#all(node, scope.block()),
    ForInStatement: (node, scope) => this.#loop(node, scope.block()),
    ForOfStatement: (node, scope) => this.#loop(node, scope.block()),
    SwitchStatement: (node, scope) => {
      // What a switch looks at is outside of the block that its cases share.
      this.#each(node, ["discriminant"], scope);
      this.#each(node, ["cases"], scope.block());
    },
    CatchClause: (node, scope) => this.#catch(node, scope.block()),
    StaticBlock: (node, scope) => this.#all(node, scope.body()),
    ImportDeclaration: (node, scope) => this.#import(node, scope),
    ExportNamedDeclaration: (node, scope) => this.#export(node, scope),
    ExportAllDeclaration: () => {},
    TSEnumDeclaration: (node, scope) => {
      this.#declared(node, scope);
      this.#enum(node, scope.block());
    },
    TSModuleDeclaration: (node, scope) => {
      this.#declared(node, scope);
      this.#each(node, ["body"], scope.body());
    },
    TSModuleBlock: (node, scope) => this.#all(node, scope.body()),
    TSImportEqualsDeclaration: (node, scope) => {
      this.#declared(node, scope);
      const root = rootOf(nodeAt(node, "moduleReference")!);
      if (root.type === "Identifier") this.#note(root, scope, "read");
    },
    TSTypeAssertion: (node, scope) => this.#all(node, scope),
    TSExportAssignment: (node, scope) => this.#all(node, scope),
  };

  #all(node: SyntaxNode, scope: Scope): void {
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  /** What is at these properties, in this order. */
  #each(node: SyntaxNode, properties: readonly string[], scope: Scope): void {
    for (const property of properties) {
      const child = nodeAt(node, property);
      if (child) this.visit(child, scope);
      else for (const each of nodesAt(node, property)) this.visit(each, scope);
    }
  }

  /** A property's name is no use of a name unless it stands in brackets. */
  #member(node: SyntaxNode, scope: Scope): void {
    this.#each(node, ["decorators", "object"], scope);
    if (node.computed === true) this.#each(node, ["key", "property"], scope);
    this.#each(node, ["typeAnnotation", "value"], scope);
  }

  #operation(node: SyntaxNode, scope: Scope): void {
    const target = nodeAt(node, "left") ?? nodeAt(node, "argument")!;
    if (node.type !== "UnaryExpression") this.#pattern(target, scope, (id) => this.#note(id, scope, "written"));
    else if (node.operator === "typeof" && target.type === "Identifier") this.#note(target as Name, scope, "probed");
    else this.visit(target, scope);
    this.#each(node, ["right"], scope);
  }

  #variables(node: SyntaxNode, scope: Scope): void {
    const bind: Bind = (name) => (node.kind === "var" ? scope.declareVar(name) : scope.declare(name));
    for (const each of nodesAt(node, "declarations")) {
      this.#pattern(nodeAt(each, "id")!, scope, bind);
      this.#each(each, ["init"], scope);
    }
  }

  /** A default export need have no name, and a module that only adds to another one has a string. */
  #declared(node: SyntaxNode, scope: Scope): void {
    const id = nodeAt(node, "id");
    if (id?.type !== "Identifier") return;
    scope.declare(id as Name);
    if (node.type !== "FunctionDeclaration") scope.declareType(String(id.name));
  }

  /** @param inside where a member is known by its name alone. */
  #enum(node: SyntaxNode, inside: Scope): void {
    for (const member of nodesAt(node, "members")) {
      const name = nodeAt(member, "id");
      if (name?.type === "Identifier") inside.declare(name as Name);
      this.#each(member, ["initializer"], inside);
    }
  }

  /** Parameters do not see what the body declares. A function expression's own name is known inside it alone. */
  #function(node: SyntaxNode, around: Scope): void {
    const arrow = node.type === "ArrowFunctionExpression";
    const parameters = arrow ? around.block() : around.body("arguments");
    const own = node.type === "FunctionExpression" ? nodeAt(node, "id") : undefined;
    if (own) parameters.declare(own as Name);
    this.#each(node, ["typeParameters"], parameters);
    for (const each of nodesAt(node, "params")) this.#pattern(each, parameters, (id) => parameters.declare(id), around);
    this.#each(node, ["returnType"], parameters);
    this.#each(node, ["body"], parameters.body());
  }

  #class(node: SyntaxNode, around: Scope): void {
    this.#each(node, ["decorators"], around);
    const inside = around.block();
    const id = nodeAt(node, "id") as Name | undefined;
    if (id) {
      inside.declare(id);
      inside.declareType(id.name);
    }
    this.#each(node, ["typeParameters", "superClass", "superTypeParameters", "implements"], inside);
    this.#all(nodeAt(node, "body")!, inside);
  }

  #loop(node: SyntaxNode, inside: Scope): void {
    const left = nodeAt(node, "left")!;
    if (left.type === "VariableDeclaration") this.visit(left, inside);
    else this.#pattern(left, inside, (id) => this.#note(id, inside, "written"));
    this.#each(node, ["right", "body"], inside);
  }

  #catch(node: SyntaxNode, inside: Scope): void {
    const caught = nodeAt(node, "param");
    if (caught) this.#pattern(caught, inside, (id) => inside.declare(id));
    this.#each(node, ["body"], inside);
  }

  #import(node: SyntaxNode, scope: Scope): void {
    for (const specifier of nodesAt(node, "specifiers")) {
      const local = nodeAt(specifier, "local") as Name;
      if (specifier.importKind !== "type") scope.declare(local);
      scope.declareType(local.name);
    }
  }

  /** What is exported from another module uses no name of the cell. */
  #export(node: SyntaxNode, scope: Scope): void {
    this.#each(node, ["declaration"], scope);
    if (nodeAt(node, "source")) return;
    for (const specifier of nodesAt(node, "specifiers")) {
      const manner = specifier.exportKind === "type" ? "queried" : "read";
      this.#note(nodeAt(specifier, "local") as Name, scope, manner);
    }
  }

  #typeAlone(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case "ImportDeclaration":
        for (const each of nodesAt(node, "specifiers")) scope.declareType((nodeAt(each, "local") as Name).name);
        break;
      case "TSImportEqualsDeclaration":
        scope.declareType((nodeAt(node, "id") as Name).name);
        break;
      case "ExportNamedDeclaration":
        this.#each(node, ["declaration"], scope);
        break;
      default:
        walkType(node, scope, this.#note);
    }
  }

  /**
   * A pattern that declares or assigns.
   * @param bind takes the names in it. @param around where a parameter's decorators belong.
   */
  #pattern(node: SyntaxNode, scope: Scope, bind: Bind, around = scope): void {
    this.#each(node, ["decorators"], around);
    const go = (each: SyntaxNode): void => this.#pattern(each, scope, bind, around);
    switch (node.type) {
      case "Identifier":
        // A parameter `this` is a type.
        if (node.name !== "this") bind(node as Name);
        break;
      case "ObjectPattern":
        for (const each of nodesAt(node, "properties")) {
          if (each.computed === true) this.#each(each, ["key"], scope);
          go(each.type === "RestElement" ? each : nodeAt(each, "value")!);
        }
        break;
      case "ArrayPattern":
        for (const each of nodesAt(node, "elements")) go(each);
        break;
      case "AssignmentPattern":
        go(nodeAt(node, "left")!);
        this.#each(node, ["right"], scope);
        break;
      case "RestElement":
        go(nodeAt(node, "argument")!);
        break;
      case "TSParameterProperty":
        go(nodeAt(node, "parameter")!);
        break;
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
      case "TSNonNullExpression":
        go(nodeAt(node, "expression")!);
        break;
      default:
        this.visit(node, scope);
        return;
    }
    this.#each(node, ["typeAnnotation"], scope);
  }
}
