// A literal of a comment as a pattern: data that the process that runs the programs can compare with values.

import ts from "typescript";

export type Pattern =
  | { readonly any: true }
  | { readonly is: unknown }
  | { readonly bigint: string }
  | { readonly special: "undefined" | "NaN" | "Infinity" | "-Infinity" }
  | { readonly items: readonly Pattern[]; readonly open: boolean }
  | { readonly keys: Readonly<Record<string, Pattern>>; readonly open: boolean };

/** Stands for "…" where JavaScript is read. */
const REST = "__rest";

function ofNode(node: ts.Expression): Pattern {
  if (ts.isParenthesizedExpression(node)) return ofNode(node.expression);
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map(ofNode);
    const open = node.elements.at(-1)?.getText() === REST;
    return { items: open ? items.slice(0, -1) : items, open };
  }
  if (ts.isObjectLiteralExpression(node)) {
    const keys: Record<string, Pattern> = {};
    for (const property of node.properties) {
      const name = property.name?.getText().replace(/^["']|["']$/g, "");
      if (name === undefined || name === REST) continue;
      keys[name] = ts.isPropertyAssignment(property) ? ofNode(property.initializer) : { any: true };
    }
    return { keys, open: node.properties.some((property) => property.name?.getText() === REST) };
  }
  if (ts.isStringLiteral(node)) return { is: node.text };
  if (ts.isBigIntLiteral(node)) return { bigint: node.text.slice(0, -1) };
  const text = node.getText();
  if (text === REST) return { any: true };
  if (text === "undefined" || text === "NaN" || text === "Infinity" || text === "-Infinity") return { special: text };
  if (/^-?[\d_]+n$/.test(text)) return { bigint: text.slice(0, -1).replaceAll("_", "") };
  return { is: JSON.parse(/^-?[\d_.]+$/.test(text) ? text.replaceAll("_", "") : String(eval(text))) as unknown };
}

/** @throws for what is no literal */
export function patternOf(literal: string): Pattern {
  const source = ts.createSourceFile("literal.ts", `(${literal.replaceAll("…", REST)})`, ts.ScriptTarget.ES2022, true);
  const [statement] = source.statements;
  if (!statement || !ts.isExpressionStatement(statement)) throw new Error(`${literal} is no literal`);
  return ofNode(statement.expression);
}
