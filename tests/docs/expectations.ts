// What the comment behind a statement says of its value, and of what it prints.
//
//     heap.stats().handles; // 0: everything is released        the value
//     const names = [...tags]; // ["a", "b"]                    the value of the variable
//     console.log(tags); // {'a', 'b'}                          what is printed
//     heap.gc.collect(); // prints: one, two. Returns 2         both
//
// A comment that begins otherwise is a remark. In an array or object "…" stands for anything, and a name without a value
// (`{ current, peak }`) for any value under this name.

import ts from "typescript";

export type Expectation =
  | { readonly kind: "value"; readonly line: number; readonly literal: string }
  | { readonly kind: "printed"; readonly line: number; readonly text: string; readonly isWhole: boolean };

/** Text to be put into a program. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

export interface Instrumented {
  readonly code: string;
  readonly expectations: readonly Expectation[];
}

const OPENING: Record<string, string> = { "[": "]", "{": "}" };

/** The end of the array or object that a text begins with, or -1. */
function endOfNested(text: string): number {
  const closing: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      at = text.indexOf(character, at + 1);
      if (at < 0) return -1;
    } else if (OPENING[character]) closing.push(OPENING[character]);
    else if (character === closing.at(-1) && closing.pop() && closing.length === 0) return at + 1;
  }
  return -1;
}

const SIMPLE =
  /^(-?(?:0x[\da-f]+|[\d_]+(?:\.\d+)?(?:e[+-]?\d+)?)n?|"[^"]*"|'[^']*'|true|false|null|undefined|NaN|-?Infinity)/i;

/** The literal that a comment begins with, if nothing or a mark of punctuation follows it; "1, 1.0 and True" is a remark. */
export function literalOf(comment: string): string | null {
  const end = /^[[{]/.test(comment) ? endOfNested(comment) : (SIMPLE.exec(comment)?.[0].length ?? -1);
  return end > 0 && /^($|[:.;]($|\s)|,\s+[a-z])/i.test(comment.slice(end)) ? comment.slice(0, end) : null;
}

function isConsoleCall(node: ts.Statement): boolean {
  return ts.isExpressionStatement(node) && /^console\.(log|info|error|warn)\(/.test(node.expression.getText());
}

/** The expectations that one comment holds. */
function readComment(comment: string, line: number, statement: ts.Statement): Expectation[] {
  const [, said] = /^prints:? (.*)$/s.exec(comment) ?? [];
  if (said !== undefined) {
    const [, text, literal] = /^(.*?)\. Returns (.*)$/s.exec(said) ?? [null, said, null];
    const printed: Expectation = { kind: "printed", line, text: text!, isWhole: true };
    const value = literalOf(literal ?? "");
    return value === null ? [printed] : [printed, { kind: "value", line, literal: value }];
  }
  if (isConsoleCall(statement)) return [{ kind: "printed", line, text: comment, isWhole: false }];
  const literal = literalOf(comment);
  return literal === null ? [] : [{ kind: "value", line, literal }];
}

/** The comment that stands behind a statement, on the line on which it ends. */
function commentBehind(source: ts.SourceFile, statement: ts.Statement): string | null {
  const [range] = ts.getTrailingCommentRanges(source.text, statement.end) ?? [];
  if (range?.kind !== ts.SyntaxKind.SingleLineCommentTrivia) return null;
  return source.text.slice(range.pos + 2, range.end).trim();
}

/** The statements of a program in order, also those of blocks and loops, but not those of functions. */
function statementsOf(node: ts.Node): ts.Statement[] {
  const found: ts.Statement[] = [];
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionLike(child)) return;
    // The body of a loop without braces ends where the loop does: the comment is the loop's.
    if (ts.isStatement(child) && (ts.isSourceFile(node) || child.end !== node.end)) found.push(child);
    found.push(...statementsOf(child));
  });
  return found;
}

/** Wraps what has an expectation; numbers are positions in the list of expectations. */
function wrap(statement: ts.Statement, expectations: readonly Expectation[], from: number): Insertion[] {
  const made: Insertion[] = [];
  expectations.forEach((expectation, index) => {
    const number = from + index;
    if (expectation.kind === "printed") {
      made.push({ at: statement.getStart(), text: `__print(${number}); ` });
      made.push({ at: statement.end, text: ` __printed(${number});` });
    } else if (ts.isExpressionStatement(statement)) {
      made.push({ at: statement.expression.getStart(), text: `__value(${number}, (` });
      made.push({ at: statement.expression.end, text: "))" });
    } else if (ts.isVariableStatement(statement)) {
      const { name } = statement.declarationList.declarations[0]!;
      if (ts.isIdentifier(name)) made.push({ at: statement.end, text: ` __value(${number}, ${name.text});` });
    }
  });
  return made;
}

/** Puts all texts where they belong. */
function insert(code: string, insertions: readonly Insertion[]): string {
  // From the end, so that earlier positions stay; of two at one position the later one stands behind.
  const ordered = insertions.map((item, index) => ({ ...item, index }));
  ordered.sort((one, other) => other.at - one.at || other.index - one.index);
  return ordered.reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), code);
}

/** The code with calls that report values and output, numbered from `from` on. Lines stay where they are. */
export function instrument(code: string, firstLine: number, from: number): Instrumented {
  const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.ES2022, true);
  const expectations: Expectation[] = [];
  const insertions: Insertion[] = [];
  for (const statement of statementsOf(source)) {
    const comment = commentBehind(source, statement);
    if (comment === null) continue;
    const line = firstLine + source.getLineAndCharacterOfPosition(statement.end).line;
    const found = readComment(comment, line, statement);
    const made = wrap(statement, found, from + expectations.length);
    if (made.length === 0) continue;
    insertions.push(...made);
    expectations.push(...found);
  }
  return { code: insert(code, insertions), expectations };
}
