// The public members of the package, by its types, and what their doc comments have.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

export interface Member {
  /** "Heap.from", "restore" */
  readonly name: string;
  /** A function, or a method with a name: what people call themselves. */
  readonly isCalled: boolean;
  readonly hasComment: boolean;
  readonly hasExample: boolean;
}

function isPublic(declaration: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isNamed = !ts.isClassElement(declaration) || !declaration.name || !ts.isPrivateIdentifier(declaration.name);
  return isNamed && (ts.getCombinedModifierFlags(declaration) & hidden) === 0;
}

/** What a class, interface or constant has of its own and inherits, by name. */
function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))
    found.push(...checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)));
  if (symbol.flags & ts.SymbolFlags.Class)
    found.push(
      ...checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)).filter(({ name }) => name !== "prototype"),
    );
  // The names of numbers: `RootKind.NAMED`.
  if (symbol.flags & ts.SymbolFlags.BlockScopedVariable)
    found.push(...checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)));
  return found;
}

function describe(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): Member {
  const declarations = symbol.getDeclarations() ?? [];
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker);
  const isFunction = declarations.some(
    (node) => ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node),
  );
  return {
    name,
    // What has a symbol for its name is called by the language: by loops and `using`.
    isCalled: isFunction && !name.includes("["),
    hasComment: comment !== "" || tags.length > 0,
    hasExample: comment.includes("```") || tags.some((tag) => tag.name === "example"),
  };
}

/** The public members of the entries whose files of types are given, each once. */
export function publicMembers(entries: readonly string[]): Member[] {
  const files = entries.map((name) => join(dist, name));
  return membersOfFiles(files, (file) => file.startsWith(dist));
}

/** As `publicMembers`, of any files; `isOurs` says whose declarations count. */
export function membersOfFiles(files: readonly string[], isOurs: (file: string) => boolean): Member[] {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    // Without the DOM, whose types would take most of the time.
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    types: [],
    strict: true,
  });
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Declaration>();
  const members: Member[] = [];
  const exportNames = new Map<ts.Node, string>();
  const add = (symbol: ts.Symbol, heir = ""): void => {
    const [declaration] = symbol.getDeclarations() ?? [];
    if (!declaration || seen.has(declaration) || !isPublic(declaration)) return;
    if (!isOurs(declaration.getSourceFile().fileName)) return;
    seen.add(declaration);
    const name = ts.isSourceFile(declaration) ? symbol.name : (ts.getNameOfDeclaration(declaration)?.getText() ?? "");
    // A member is named by the class that declares it, if programs see that. An exported function or class may have a
    // shorter name where it is declared.
    const owner = heir === "" ? "" : (exportNames.get(declaration.parent) ?? heir);
    const shown = owner === "" ? symbol.name : name.startsWith("[") ? `${owner}${name}` : `${owner}.${name}`;
    members.push(describe(shown, symbol, checker));
  };
  const exported = files.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!).map((symbol) => ({
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    })),
  );
  for (const { name, symbol } of exported)
    for (const declaration of symbol.getDeclarations() ?? []) exportNames.set(declaration, name);
  for (const { name, symbol } of exported) {
    add(symbol, "");
    for (const member of membersOf(symbol, checker)) add(member, name);
  }
  return members;
}
