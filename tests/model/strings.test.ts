// Strings against those of JavaScript, and the table of interned ones against a Map.

import { describe, expect, test } from "vitest";
import type { Heap, StrHandle, Value, DictHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { mustEqual } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";

const CHARACTERS = [
  "\ufeff",
  "\0",
  "a",
  "\x7f",
  "\x80",
  "é",
  "e\u0301",
  "\u07ff",
  "\u0800",
  "日",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "\u{10000}",
  "😀",
  "\u{10ffff}",
];
const HALVES = [
  "\ud800",
  "a\udbff",
  "\udc00b",
  "\ud83d\ud83d\ude00",
  "\ude00\ud83d",
  `${"x".repeat(2000)}\ud800`,
  `\udfff${"é".repeat(40)}`,
];

/** An interned string whose handle outlives the scope of a step. */
function keep(heap: Heap, text: string): StrHandle {
  const store = heap.list().store;
  const { scope } = store;
  store.scope = undefined;
  const string = heap.intern(text);
  store.scope = scope;
  return string;
}

describe.each(CORES)("strings, %s core", (_, options) => {
  test("are read as they were written, whatever their content", () => {
    const around = [0, 1, 9, 10, 11, 31, 32, 33, 1365, 1366, 4096, 5000];
    runProgram(options(), { seeds: 2, steps: 150, firstSeed: 900 }, (heap, random) => () => {
      const length = random(2) ? pick(random, around) : random(40);
      const some = random(4) ? CHARACTERS : ["a"];
      const text = Array.from({ length }, () => pick(random, some)).join("");
      const string = heap.str(text);
      mustEqual(string.toJS() === text, true, `the text of ${JSON.stringify(text.slice(0, 20))}`);
      mustEqual(string.length, Array.from(text).length, "code points");
      mustEqual(string.byteLength, new TextEncoder().encode(text).length, "bytes");
      const interned = heap.intern(text);
      mustEqual(interned.is(heap.intern(text)), true, "whether interned strings with one text are one");
      mustEqual(interned.is(string), false, "whether a string that was there is interned");
      mustEqual(interned.toJS() === text, true, "the interned text");
      mustEqual(heap.list([text]).get(0) === text, true, "an item");
      mustEqual(
        [...heap.dict([[text, text]]).entries()].flat().every((one) => one === text),
        true,
        "key and value",
      );
    });
  });

  test("reject unpaired surrogates wherever a text is passed", () => {
    withHeap(options(), (heap) => {
      const Named = heap.struct("Named", { name: "str" });
      const named = Named.new();
      const list = heap.list<Value>([1]);
      const dict: DictHandle = heap.dict([["a", 1]]);
      const set = heap.set();
      const before = heap.stats();
      for (const half of HALVES) {
        const uses = {
          str: () => heap.str(half),
          intern: () => heap.intern(half),
          field: () => (named.name = half),
          new: () => Named.new({ name: half }),
          append: () => {
            list.append(half);
          },
          set: () => {
            list.set(0, half);
          },
          insert: () => {
            list.insert(0, half);
          },
          extend: () => {
            list.extend([1, half]);
          },
          indexOf: () => list.indexOf(half),
          "dict key": () => dict.set(half, 1),
          "dict value": () => dict.set("b", half),
          "dict.get": () => dict.get(half),
          "set.add": () => set.add(half),
          "set.has": () => set.has(half),
          tuple: () => heap.tuple([1, half]),
          from: () => heap.from(half),
          "from, item": () => heap.from([half]),
          "from, key": () => heap.from({ [half]: 1 }),
          "from, Map": () => heap.from(new Map([[half, 1]])),
          "from, Set": () => heap.from(new Set([half])),
        };
        for (const [name, use] of Object.entries(uses))
          expect(codeOf(use), `${name} of ${JSON.stringify(half.slice(-9))}`).toBe("BAD_VALUE");
        heap.verify();
      }
      expect([heap.stats().objects, heap.stats().bytes.live]).toEqual([before.objects, before.bytes.live]);
    });
  });

  test("are interned and freed, and the table of interned strings grows and shrinks", () => {
    withHeap({ ...options(), hashSeed: 5 }, (heap) => {
      const before = heap.stats().bytes.live;
      const held = new Map<string, StrHandle>();
      runProgram(options(), { seeds: 1, steps: 400, firstSeed: 950 }, (own, random) => {
        const strings = new Map<string, StrHandle>();
        return (step) => {
          const isGrowing = step % 200 < 120;
          for (let i = 0; i < 20; i++) {
            const text = `text ${random(3000)}`;
            const there = strings.get(text);
            if (there === undefined && (isGrowing || random(4) === 0)) strings.set(text, keep(own, text));
            else if (there !== undefined)
              mustEqual(own.intern(text).is(there), true, "whether it is the one that is there");
            if (!isGrowing)
              for (const [other, string] of [...strings].slice(random(50), random(90))) {
                string.release();
                strings.delete(other);
              }
          }
          return strings.size;
        };
      });
      for (let i = 0; i < 5000; i++) held.set(`text ${i}`, heap.intern(`text ${i}`));
      heap.verify();
      const full = heap.stats().bytes.live;
      for (const [text, string] of held) if (!text.endsWith("00")) string.release();
      heap.verify();
      // A full collection makes tables smaller; deaths do not.
      heap.gc.collect();
      // 50 strings of 32 bytes at most, and a table of no more than 8 cells to each.
      expect(heap.stats().bytes.live - before).toBeLessThan((full - before) / 20);
      for (const [text, string] of held) {
        if (!text.endsWith("00")) continue;
        const again = heap.intern(text);
        expect(again.is(string)).toBe(true);
        again.release();
        string.release();
      }
      heap.gc.collect();
      expect(heap.stats().bytes.live).toBe(before);
    });
  });
});
