import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { StepOptions } from "../../../dump/steps.js";
import { throwIfAborted } from "../../../base/signal.js";
import type { Dump } from "../dump.js";
import { UsageError } from "../errors.js";
import { exportParquet, TABLES } from "../export/parquet.js";
import { howToGetMore, note, table } from "../report.js";
import type { Report } from "../report.js";
import { cut, grouped, JSON_TEXT, shown } from "../text.js";

type Cell = string | number | boolean | null;

/**
 * Runs an SQL query in DuckDB on the tables of the Parquet export: `objects`, `refs`, `roots`. The tables are written to a
 * temporary folder, which is deleted afterwards. Nothing is fetched from a network.
 *
 * @throws {@link UsageError} if DuckDB is not installed (it is an optional peer dependency), or if it rejects the query.
 */
export async function sql(
  dump: Dump,
  text: string,
  { limit }: { readonly limit: number },
  { signal }: StepOptions = {},
): Promise<Report> {
  const duckdb = await import("@duckdb/node-api").catch((error: unknown) => {
    throw new UsageError(
      "--sql needs DuckDB, which is not installed here: npm install @duckdb/node-api (or export FILE parquet, and ask elsewhere)",
      { cause: error },
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "heapwright-sql-"));
  try {
    await exportParquet(dump, folder);
    const instance = await duckdb.DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    const interrupt = (): void => {
      connection.interrupt();
    };
    signal?.addEventListener("abort", interrupt);
    try {
      for (const name of TABLES)
        await connection.run(
          `CREATE VIEW ${name} AS SELECT * FROM read_parquet('${join(folder, `${name}.parquet`).replaceAll("'", "''")}')`,
        );
      return await ask(connection, dump.file, text, limit, signal);
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(
  connection: DuckDBConnection,
  file: string,
  text: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Report> {
  // Reads one row more than is shown, to know whether there are more.
  const reader = await connection.streamAndReadUntil(text, limit + 1).catch((error: unknown) => {
    throwIfAborted(signal);
    throw new UsageError(`DuckDB: ${linesOf(error).join("\n")}`);
  });
  const columns = reader.columnNames();
  const all = reader.getRows();
  const truncated = all.length > limit;
  const rows = all.slice(0, limit).map((row) => row.map(cellOf));
  const more = truncated ? howToGetMore(Infinity, limit) : undefined;
  const isNumber = columns.map((_, c) => rows.some((row) => typeof row[c] === "number"));
  return {
    json: {
      file,
      sql: text,
      columns: columns.map((name) => cut(name, JSON_TEXT)),
      rows: {
        rows: rows.map((row) => row.map((cell) => (typeof cell === "string" ? cut(cell, 10 * JSON_TEXT) : cell))),
        // The total number is unknown.
        total: truncated ? null : rows.length,
        truncated,
        ...(more === undefined ? {} : { more }),
      },
    },
    text: [
      table(
        columns.map((name, c) => `${isNumber[c] === true ? "" : "<"}${shown(name)}`),
        rows.map((row) => row.map(textOf)),
      ),
      ...(more === undefined ? [] : [note(`there are more rows; ${more} shows more`)]),
    ],
  };
}

/** Converts a value for JSON. Integers beyond 2^53, dates, lists and the like become texts. */
function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return String(value);
}

function textOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "number") return shown(String(cell), 120);
  return Number.isInteger(cell) ? grouped(cell) : String(Number(cell.toPrecision(6)));
}

/** The lines of an error, including the line that marks the position. */
function linesOf(error: unknown): string[] {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .split("\n", 6)
    .map((one) => shown(one, 200))
    .filter((one) => one.trim() !== "");
}
