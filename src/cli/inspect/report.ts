import type picocolors from "picocolors";
import { grouped, toJson } from "./text.js";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** What a command found: as data, and in words. */
export interface Report {
  /** Goes out with `--json`. Its lists are {@link List}s, so its size is bounded. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: readonly Block[];
  /** A budget was exceeded (`check`): exit code 1. */
  readonly isFinding?: boolean;
}

export type Block =
  | { readonly heading: string }
  | { readonly line: string }
  | { readonly note: string }
  | { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

export interface Column {
  readonly head: string;
  /** Default "right", which numbers want. */
  readonly align?: "left" | "right";
}

export const heading = (text: string): Block => ({ heading: text });
export const line = (text: string): Block => ({ line: text });
export const note = (text: string): Block => ({ note: text });

/** Columns whose heads begin with `<` are aligned left. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): Block {
  const columns = heads.map((head): Column =>
    head.startsWith("<") ? { head: head.slice(1), align: "left" } : { head },
  );
  return { columns, rows };
}

/** A list that says how much of it is missing, and how to get it. */
export interface List<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly truncated: boolean;
  readonly more?: string;
}

/** No list is longer, whatever `--limit` says. */
export const MOST_ROWS = 10_000;

/** The first `limit` of `all`, or of `total` if `all` is a part already. */
export function list<T, R>(all: readonly T[], limit: number, row: (item: T) => R, total = all.length): List<R> {
  const rows = all.slice(0, limit).map(row);
  const truncated = rows.length < total;
  return { rows, total, truncated, ...(truncated ? { more: howToGetMore(total, limit) } : {}) };
}

/** What to ask to see more than `limit` of `total` rows. */
export function howToGetMore(total: number, limit: number): string {
  if (limit >= MOST_ROWS) return "heapwright inspect export FILE parquet";
  return `--limit ${Math.min(total, MOST_ROWS)}`;
}

/** The note below a table of a list that goes on. */
export function omitted({ rows, total, truncated, more }: List<unknown>): Block[] {
  return truncated ? [note(`${grouped(total - rows.length)} omitted; ${more as string} shows more`)] : [];
}

/** A report as the lines of a terminal. */
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

/** Version of the JSON: grows when a field goes or changes its meaning, not when one is added. */
export const SCHEMA = 1;

/** A report as JSON, with what all of them begin with. */
export function renderJson(command: string, report: Report): string {
  return `${toJson({ schema: SCHEMA, command, ...report.json })}\n`;
}
