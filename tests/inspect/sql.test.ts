import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { ask, inspect, temporaryFolder } from "../support/inspect.js";
import { PAIRS, SESSIONS, saveScene } from "./scene.js";

const folder = temporaryFolder();
const scene = saveScene(folder);
const { file } = scene;

function answer(question: string, ...options: string[]): unknown[][] {
  return ask("query", file, "--sql", question, ...options).rows.rows;
}

test("objects and references are SQL tables", () => {
  expect(answer("SELECT count(*), sum(size) FROM objects")).toEqual([
    [scene.stats.objects, ask("info", file).bytes.total],
  ]);
  expect(answer("SELECT type, count(*) AS n FROM objects WHERE state = 'garbage' GROUP BY type")).toEqual([
    ["Task", 2 * PAIRS],
  ]);
  expect(
    answer(
      "SELECT a.type, r.slot, b.type, count(*) FROM refs r JOIN objects a ON a.node = r.src JOIN objects b ON b.node = r.dst " +
        "WHERE a.type = 'Session' GROUP BY ALL ORDER BY r.slot",
    ),
  ).toEqual([
    ["Session", "owner", "Cache", SESSIONS],
    ["Session", "token", "str", SESSIONS],
  ]);
  expect(answer("SELECT root, o.type FROM roots JOIN objects o ON o.node = dst WHERE root LIKE '%cache%'")).toEqual([
    ["named root cache", "Cache"],
  ]);
});

test("the number of rows is limited, and values are converted to JSON", () => {
  const { columns, rows } = ask("query", file, "--sql", "SELECT node FROM objects ORDER BY node", "--limit", "3");
  expect([columns, rows]).toEqual([
    ["node"],
    { rows: [[0], [1], [2]], total: null, truncated: true, more: "--limit 10000" },
  ]);
  expect(
    answer("SELECT NULL, true, 1.5e0, 'x', 2::BIGINT, 10::HUGEINT ** 20, 'nan'::DOUBLE, [1, 2], DATE '2024-02-29'"),
  ).toEqual([[null, true, 1.5, "x", 2, 1e20, "NaN", "[1, 2]", "2024-02-29"]]);
  expect(answer("SELECT 9223372036854775807")).toEqual([["9223372036854775807"]]);
});

test("errors are explained, and no file is left behind", () => {
  const { code, out, err } = inspect("query", file, "--sql", "SELECT nothing FROM objects");
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/DuckDB: .*nothing/);
  expect(inspect("query", file, "type = str", "--sql", "SELECT 1").code).toBe(2);
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith("heapwright-sql-"));
  expect(left.filter((name) => existsSync(`${tmpdir()}/${name}/objects.parquet`))).toEqual([]);
});
