// A page as programs: the blocks of one program share their scope, and what they expect is told to whoever runs it.
//
// A line of a program is the same line of its page. Each block opens a scope inside that of the block before it: it sees what
// earlier blocks declare, and may declare the same name again. Imports stand in the first line.

import ts from "typescript";
import type { Block } from "./blocks.js";
import { instrument } from "./expectations.js";
import type { Expectation } from "./expectations.js";

export interface Program {
  readonly page: string;
  readonly text: string;
  readonly isRun: boolean;
  readonly expectations: readonly Expectation[];
  /** The line of the page for a position in the program, both from 1 and 0. */
  lineAt(position: number): number;
}

interface Import {
  readonly text: string;
  readonly line: number;
}

/** The imports of a program, one for each name. */
class Imports {
  private readonly byName = new Map<string, Import>();

  /** Takes the imports out of a block's code. @throws if a name comes from two modules. */
  takeFrom(code: string, firstLine: number): string {
    const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.ES2022, true);
    let rest = code;
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const line = firstLine + source.getLineAndCharacterOfPosition(statement.getStart()).line;
      for (const [name, text] of namesOf(statement)) this.add(name, text, line);
      const blank = statement.getText().replace(/[^\n]/g, " ");
      rest = rest.slice(0, statement.getStart()) + blank + rest.slice(statement.end);
    }
    return rest;
  }

  private add(name: string, text: string, line: number): void {
    const known = this.byName.get(name);
    if (known && known.text !== text)
      throw new Error(`line ${line}: ${text} after ${known.text}: mark the block with <!-- new program -->`);
    if (!known) this.byName.set(name, { text, line });
  }

  get all(): Import[] {
    return [...this.byName.values()];
  }
}

/** Each name that a declaration imports, with an import of it alone. */
function namesOf(declaration: ts.ImportDeclaration): [name: string, text: string][] {
  const from = declaration.moduleSpecifier.getText();
  const clause = declaration.importClause;
  if (!clause) return [[from, `import ${from};`]];
  const type = /^import\s+type\b/.test(declaration.getText()) ? "type " : "";
  const names: [string, string][] = [];
  if (clause.name) names.push([clause.name.text, `import ${type}${clause.name.text} from ${from};`]);
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings))
    names.push([bindings.name.text, `import ${type}${bindings.getText()} from ${from};`]);
  if (bindings && ts.isNamedImports(bindings))
    for (const element of bindings.elements)
      names.push([element.name.text, `import ${type}{ ${element.getText()} } from ${from};`]);
  return names;
}

function makeProgram(page: string, blocks: readonly Block[], isRun = true): Program {
  const lines: string[] = [""];
  const imports = new Imports();
  const expectations: Expectation[] = [];
  let closing = "";
  for (const block of blocks) {
    const made = instrument(imports.takeFrom(block.code, block.line), block.line, expectations.length);
    expectations.push(...made.expectations);
    closing += " }";
    `{ ${made.code}`.split("\n").forEach((text, index) => {
      const at = block.line - 1 + index;
      lines[at] = (lines[at] ?? "") + text;
    });
  }
  lines.push(`${closing}\nexport {};`);
  const starts: number[] = [];
  const head = imports.all.reduce((text, { text: added }) => (starts.push(text.length), `${text}${added} `), "");
  const text = [
    head + lines[0]!,
    ...Array.from(lines)
      .slice(1)
      .map((line = "") => line),
  ].join("\n");
  return {
    page,
    text,
    isRun,
    expectations,
    lineAt(position) {
      if (position >= head.length) return text.slice(0, position).split("\n").length;
      return imports.all[starts.findLastIndex((start) => start <= position)]!.line;
    },
  };
}

/**
 * The programs of a page. A block that is only compiled is the end of a program of its own, which has all that the block
 * sees; blocks that are marked as not run are in none.
 */
export function programsOf(page: string, blocks: readonly Block[]): Program[] {
  const groups: Block[][] = [];
  const compiledOnly: Program[] = [];
  for (const block of blocks) {
    if (block.treatment === "skipped") continue;
    if (groups.length === 0 || block.startsAnew) groups.push([]);
    const group = groups.at(-1)!;
    if (block.treatment === "compiled") compiledOnly.push(makeProgram(page, [...group, block], false));
    else group.push(block);
  }
  return [...groups.filter(({ length }) => length > 0).map((group) => makeProgram(page, group)), ...compiledOnly];
}
