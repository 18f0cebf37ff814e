import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { NodeFlag } from "../../src/dump/graph/graph.js";
import { Dump } from "../../src/cli/inspect/dump.js";
import { compileFilter } from "../../src/cli/inspect/query/compile.js";
import { globMatcher } from "../../src/cli/inspect/query/glob.js";
import { parseFilter } from "../../src/cli/inspect/query/parse.js";
import { parseAmount } from "../../src/cli/inspect/text.js";
import { seedOf, seededRandom } from "../support/random.js";

const build = new GraphBuilder();
const box = build.node("Box", { size: 100, refcount: 2, outside: 1, generation: 2, address: 0x1008, site: "at main" });
const text = build.node(build.type("str", "str"), { size: 24, label: "Hello (world)", refcount: 1, outside: 0 });
const idle = build.node("Box", { size: 2000, refcount: 1, outside: 0, generation: 0, flags: NodeFlag.TRACKED });
build.edge(box, text, "value");
build.edge(idle, idle, "self");
build.root(box, 1, "box");
const dump = new Dump(build.build());

async function found(query: string): Promise<number[]> {
  const passes = await compileFilter(dump, parseFilter(query));
  return [box, text, idle].filter((v) => passes(v));
}

test.each<[query: string, nodes: number[]]>([
  ["type = Box", [box, idle]],
  ["type != Box", [text]],
  ["kind = str", [text]],
  ["type = box", []],
  ["type ~ b?x", [box, idle]],
  ["label ~ world", [text]],
  ["label ~ 'hello (*'", [text]],
  ["label !~ hello", [box, idle]],
  ['label = "Hello (world)"', [text]],
  ["site ~ main", [box]],
  ["self >= 100", [box, idle]],
  ["self < 1kB", [box, text]],
  ["self > 1.9KiB", [idle]],
  ["retained = 124", [box]],
  ["count = 2", [box]],
  ["refcount = 1 and outside = 0", [text, idle]],
  ["generation = 2", [box]],
  ["generation != 1", [box, text, idle]],
  ["in = 1", [text, idle]],
  ["out = 0", [text]],
  ["depth = 1", [text]],
  ["id = 3", [text]],
  ["address = 0x1008", [box]],
  ["garbage", [idle]],
  ["live", [box, text]],
  ["cyclic", [idle]],
  ["root", [box]],
  ["tracked", [idle]],
  ["not live", [idle]],
  ["not (live and type = Box)", [text, idle]],
  ["live and type = Box or garbage", [box, idle]],
  ["garbage or live and type = str", [text, idle]],
  ["not not garbage", [idle]],
])("%s", async (query, nodes) => {
  expect(await found(query)).toEqual(nodes);
});

test.each([
  ["", 1],
  ["type", 5],
  ["type =", 7],
  ["type = Box and", 15],
  ["(live", 6],
  ["live)", 5],
  ["self ~ 3", 6],
  ["self = many", 8],
  ["nonsense = 3", 1],
  ["live live", 6],
  ["type = 'open", 8],
  ["\u0000", 1],
  // Nobody writes such, and a reader that recurses ran out of stack.
  [`${"(".repeat(1000)}live`, 201],
  [`${"not ".repeat(1000)}live`, 801],
])("what cannot be read is an error with its place: %#", async (query, at) => {
  await expect(found(query)).rejects.toThrow(`in the query at ${at}`);
});

describe("patterns", () => {
  const first = seedOf(1);
  test(`match like regular expressions, from seed ${first}`, () => {
    for (let seed = first; seed < first + 3000; seed++) {
      const random = seededRandom(seed);
      const word = (letters: string, most: number): string =>
        Array.from({ length: random(most + 1) }, () => letters[random(letters.length)]).join("");
      const pattern = word("ab*?", 8);
      const sample = word("abAB", 10);
      const expression = /[*?]/.test(pattern)
        ? new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i")
        : new RegExp(pattern, "i");
      expect(globMatcher(pattern)(sample), `seed ${seed}: ${pattern} in ${sample}`).toBe(expression.test(sample));
    }
  });

  test("take no exponential time", () => {
    expect(globMatcher(`${"a*".repeat(500)}b`)("a".repeat(20_000))).toBe(false);
  });
});

test("amounts", () => {
  expect(["10", "1.5kB", "2 KiB", "3M", "1GiB", "0"].map(parseAmount)).toEqual([10, 1500, 2048, 3e6, 2 ** 30, 0]);
  expect(["", "x", "-1", "1e9", "3 apples", "kB", "1..5"].map(parseAmount)).toEqual(Array(7).fill(null));
});
