import type picocolors from "picocolors";
import { grouped, toJson } from "./text.js";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** The result of a command, as data and as text. */
export interface Report {
  /** The output with `--json`. Its lists are {@link List}s, so its size is bounded. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: readonly Block[];
  /** `check` found an exceeded budget: exit code 1. */
  readonly isFinding?: boolean;
}

export type Block =
  | { readonly heading: string }
  | { readonly line: string }
  | { readonly note: string }
  | { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

export interface Column {
  readonly head: string;
  /** Default "right", for numbers. */
  readonly align?: "left" | "right";
}

export const heading = (text: string): Block => ({ heading: text });
export const line = (text: string): Block => ({ line: text });
export const note = (text: string): Block => ({ note: text });

/** Columns with a head that begins with `<` are aligned left. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): Block {
  const columns = heads.map((head): Column =>
    head.startsWith("<") ? { head: head.slice(1), align: "left" } : { head },
  );
  return { columns, rows };
}

/** A list that says how many items are missing, and how to get them. */
export interface List<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly truncated: boolean;
  readonly more?: string;
}

/** Maximal length of a list, regardless of `--limit`. */
export const MOST_ROWS = 10_000;

/** The first `limit` items. `total` is the number of all items, if `all` contains only some. */
export function list<T, R>(all: readonly T[], limit: number, row: (item: T) => R, total = all.length): List<R> {
  const rows = all.slice(0, limit).map(row);
  const truncated = rows.length < total;
  return { rows, total, truncated, ...(truncated ? { more: howToGetMore(total, limit) } : {}) };
}

/** Says which option shows more than `limit` of `total` rows. */
export function howToGetMore(total: number, limit: number): string {
  if (limit >= MOST_ROWS) return "heapwright inspect export FILE parquet";
  return `--limit ${Math.min(total, MOST_ROWS)}`;
}

/** The note below the table of an incomplete list. */
export function omitted({ rows, total, truncated, more }: List<unknown>): Block[] {
  return truncated ? [note(`${grouped(total - rows.length)} omitted; ${more as string} shows more`)] : [];
}

/** Formats a report for a terminal. */
export function render(report: Report, colors: Colors): string {
  const lines: string[] = [];
  for (const block of report.text) {
    if ("heading" in block) lines.push(...(lines.length > 0 ? [""] : []), colors.bold(block.heading));
    else if ("line" in block) lines.push(block.line);
    else if ("note" in block) lines.push(colors.dim(block.note));
    else lines.push(...renderTable(block.columns, block.rows, colors));
  }
  return `${lines.join("\n")}\n`;
}

function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], colors: Colors): string[] {
  const widths = columns.map(({ head }, c) =>
    rows.reduce((most, row) => Math.max(most, row[c]?.length ?? 0), head.length),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, c) =>
        columns[c]?.align === "left" ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number),
      )
      .join("  ")
      .trimEnd();
  return [colors.dim(lineOf(columns.map(({ head }) => head))), ...rows.map(lineOf)];
}

/** Version of the JSON. It changes when a field is removed or changes its meaning, not when one is added. */
export const SCHEMA = 1;

/** Formats a report as JSON. All reports begin with the same fields. */
export function renderJson(command: string, report: Report): string {
  return `${toJson({ schema: SCHEMA, command, ...report.json })}\n`;
}
