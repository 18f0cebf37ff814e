// Keys that are frozensets and tuples, in each other, against CPython: equality, hashes and look-ups.

import { beforeAll, describe, expect, test } from "vitest";
import type { Handle, Heap, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { START_TIMEOUT, startPython, textFunction } from "./python.js";

type Code = [kind: "none" | "bool" | "int" | "float" | "str" | "tuple" | "frozenset" | "set", content: unknown];
type Operation = "get" | "put" | "pop" | "add" | "has" | "discard";
type Random = (bound: number) => number;

let compare: (codes: string) => string;
let play: (program: string) => string;

beforeAll(async () => {
  const python = await startPython("frozensets.py");
  compare = textFunction(python, "compare");
  play = textFunction(python, "play");
}, START_TIMEOUT);

/** From so few atoms that many are equal. */
function atom(random: Random): Code {
  const n = random(4);
  const codes: Code[] = [
    ["int", n],
    ["float", String(n / 2)],
    ["bool", n > 1],
    ["str", "ab".slice(0, n)],
    ["none", null],
  ];
  return codes[random(codes.length)] as Code;
}

function key(random: Random, depth: number): Code {
  if (depth === 0) return atom(random);
  const parts = Array.from({ length: random(4) }, () => key(random, random(depth)));
  return [random(3) ? "frozenset" : "tuple", parts];
}

/** Keys; some again, with the parts of all frozensets in another order or twice; and some sets. */
function keys(random: Random, count: number): Code[] {
  const made = Array.from({ length: count }, () => key(random, 1 + random(4)));
  const again = made.map((code) => shuffled(random, code));
  const sets = made.filter(([kind]) => kind === "frozenset").map(([, parts]): Code => ["set", parts]);
  return [...made, ...again, ...sets.slice(0, 5)];
}

function shuffled(random: Random, [kind, content]: Code): Code {
  if (kind !== "tuple" && kind !== "frozenset") return [kind, content];
  const parts = (content as Code[]).map((part) => shuffled(random, part));
  if (kind === "tuple") return [kind, parts];
  for (let at = parts.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [parts[at], parts[other]] = [parts[other] as Code, parts[at] as Code];
  }
  return [kind, random(4) ? parts : [...parts, ...parts]];
}

function valueOf(heap: Heap, [kind, content]: Code): Value {
  const parts = (): Value[] => (content as Code[]).map((part) => valueOf(heap, part));
  if (kind === "tuple") return heap.tuple(parts());
  if (kind === "frozenset") return heap.frozenset(parts());
  if (kind === "set") return heap.set(parts());
  return kind === "float" ? heap.float(Number(content)) : (content as Value);
}

describe.each(CORES)("%s core", (_, options) => {
  test("the same keys are equal, and found, as in CPython", () => {
    for (let seed = 0; seed < howMany(4); seed++) {
      const random = seededRandom(seedOf(7100) + seed);
      const codes = keys(random, 25);
      const expected = JSON.parse(compare(JSON.stringify(codes))) as unknown[][];
      withHeap(options(), (heap) => {
        const ones = codes.map((code) => valueOf(heap, code) as Handle);
        const others = codes.map((code) => valueOf(heap, code) as Handle);
        for (const [i, one] of ones.entries()) {
          const alone = codes[i]?.[0] === "set" ? undefined : heap.set([one]);
          const actual = others.map((other) => {
            const isIn = alone === undefined ? "TypeError" : alone.has(other);
            return [one.equals(other), isIn, isIn === "TypeError" ? isIn : heap.list([other]).indexOf(one) === 0];
          });
          expect(actual, `seed ${seed}: ${one.repr()}`).toEqual(expected[i]);
        }
        heap.verify();
      });
    }
  });

  test("dicts and sets of frozensets behave like in CPython", () => {
    for (let seed = 0; seed < howMany(6); seed++) {
      const random = seededRandom(seedOf(7200) + seed);
      const codes = keys(random, 12);
      const operations: Operation[] = ["get", "put", "put", "pop", "add", "add", "has", "discard"];
      const steps = Array.from({ length: 300 }, () => [operations[random(8)], random(codes.length), random(100)]);
      const expected = JSON.parse(play(JSON.stringify([codes, steps]))) as unknown[];
      withHeap(options(), (heap) => {
        const dict = heap.dict<Value, number>();
        const set = heap.set<Value>();
        const acts: Record<Operation, (key: Value, n: number) => unknown> = {
          get: (one) => dict.get(one) ?? null,
          put: (one, n) => void dict.set(one, n),
          pop: (one) => dict.pop(one) ?? null,
          add: (one) => void set.add(one),
          has: (one) => set.has(one),
          discard: (one) => void set.delete(one),
        };
        for (const [index, [operation, which, n]] of steps.entries()) {
          const told = heap.scope(() => {
            let result: unknown = null;
            const code = codeOf(() => {
              result = acts[operation as Operation](valueOf(heap, codes[which as number] as Code), n as number) ?? null;
            });
            return [code === "BAD_KEY" ? "TypeError" : result, dict.size, set.size];
          });
          expect(told, `seed ${seed}, step ${index}: ${String(operation)}`).toEqual(expected[index]);
        }
        heap.verify();
      });
    }
  });
});
