import { describe, expect, test } from "vitest";

/** Modules of the benchmarks, which have no types. */
async function load<T>(path: string): Promise<T> {
  return (await import(new URL(`../../bench/${path}`, import.meta.url).href)) as T;
}
const { readRegion, regionsOf, table, words, writeRegion } = await load<{
  readRegion: (page: string, name: string) => string;
  regionsOf: (page: string) => string[];
  table: (heads: string[], rows: string[][]) => string;
  words: (text: string) => string;
  writeRegion: (page: string, name: string, text: string) => string;
}>("page/markdown.mjs");

describe("regions of a page", () => {
  const page =
    "before\n<!-- made by bench/page.mjs: a -->\nold\n<!-- end -->\n<!-- made by bench/page.mjs: b -->\n<!-- end -->\n";

  test("are found, read and written; what stands around them stays", () => {
    expect(regionsOf(page)).toEqual(["a", "b"]);
    expect(readRegion(page, "a")).toBe("old");
    const written = writeRegion(writeRegion(page, "b", "B"), "a", "| A |");
    expect(readRegion(written, "a")).toBe("| A |");
    expect(readRegion(written, "b")).toBe("B");
    expect(written.startsWith("before\n<!-- made")).toBe(true);
    expect(writeRegion(written, "b", "B")).toBe(written);
  });

  test("that are missing or have no end are an error", () => {
    expect(() => readRegion(page, "c")).toThrow('no region "c"');
    expect(() => readRegion("<!-- made by bench/page.mjs: a -->", "a")).toThrow("no end");
  });

  test("what a run says is words, and no element of the page", () => {
    expect(words("SOURCE=<path> of < 3")).toBe("SOURCE=&lt;path> of &lt; 3");
  });

  test("a table has its figures to the right", () => {
    expect(table(["", "ns"], [["churn", "7"]])).toBe("|  | ns |\n| --- | ---: |\n| churn | 7 |");
  });
});

describe("long cases", () => {
  test("run less often, and never more often than asked", async () => {
    const { LONG_CASES, runsOf } = await load<{
      LONG_CASES: { seconds: number; runs: number }[];
      runsOf: (wanted: number, seconds: number) => number;
    }>("rounds.mjs");
    const seconds = LONG_CASES.map((one) => one.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
    for (const one of LONG_CASES) expect(runsOf(5, one.seconds + 0.1)).toBe(one.runs);
    expect(runsOf(5, 1)).toBe(5);
    expect(runsOf(1, 1000)).toBe(1);
  });
});

describe("the README's picture", () => {
  interface Panel {
    title: string;
    bars: { label: string; figure: number; isOurs: boolean }[];
  }

  test("leaves out what was not measured, and names the ring of each pause", async () => {
    const { drawSummary, panelsOf } = await load<{
      drawSummary: (report: object, theme: string) => string;
      panelsOf: (report: object) => Panel[];
    }>("report/summary.mjs");
    const row = (workload: string, size: number, subjects: object): object => ({ workload, size, subjects });
    const report = {
      versions: { node: "20" },
      machine: { cpu: "c" },
      date: "2020-01-01",
      results: [
        row("churn", 1e5, { heapwright: { figure: 8 }, v8: { figure: 5 }, python: { failed: "it died" } }),
        row("pauses", 1e6, { "heapwright-bounded": { figure: 2 }, v8: { figure: 80 } }),
        row("pauses", 1e7, { "heapwright-bounded": { figure: 3 } }),
      ],
    };
    const [churn, pauses, ...others] = panelsOf(report);
    expect(others).toEqual([]);
    expect(churn?.bars.map(({ figure, isOurs }) => [figure, isOurs])).toEqual([
      [8, true],
      [5, false],
    ]);
    expect(pauses?.bars.map(({ label }) => label)).toEqual([
      "heapwright, ring of 1M",
      "heapwright, ring of 10M",
      "V8 objects, ring of 1M",
    ]);
    for (const theme of ["light", "dark"]) expect(drawSummary(report, theme)).not.toMatch(/NaN|undefined/);
  });
});
