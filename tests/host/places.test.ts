// Where messages of `heap.from` say that something is, and what comes of the limits of JavaScript's own containers.

import { afterEach, describe, expect, test, vi } from "vitest";
import { LargeMap } from "../../src/base/large-map.js";
import { messageOf } from "../../src/base/errors.js";
import { Heap } from "../../src/index.js";
import type { DictHandle, Handle, ListHandle, SetHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { seedOf, seededRandom } from "../support/random.js";

const no = (): number => 0;

/** Values that are refused, and where the fault is. */
const FAULTS: [where: string, value: unknown][] = [
  ["", no],
  ['["a"][1]["b"]', { a: [{}, { b: no }] }],
  ['[2][1]["b"]', [[1], [2], [{}, { b: undefined }]]],
  ['["x"]["y"]["z"][2]', { x: { y: { z: [1, 2, Symbol("s")] } } }],
  ["[1][1][1]", [1, [2, [3, no]]]],
  ['["b"]["c"]', { a: 1, b: { c: new Date() } }],
  ['.get("k")["d"][0]', new Map([["k", { d: [undefined] }]])],
  ['["p"][0]["q"]', { p: [{ q: 1n << 70n }] }],
  ['["list"][2]["when"]', { list: [{ id: 1 }, { id: 2 }, { id: NaN, when: new Date() }] }],
  ["[0][0][0]", [[[/x/], 1], 2]],
  ["[1]", [[], /x/]],
  ['["b"]', { a: {}, b: /x/ }],
  [".get(2)", new Map<number, unknown>([[1, [1]], [2, /x/]])], // prettier-ignore
  [".get(1)[1][0]", new Map([[1, [[], [no]]]])],
  ["[0].values()", [new Set([1, no])]],
  ["[1][1]", [[], [1, , 3]]], // prettier-ignore
  // Two keys that Python holds for one.
  ["[1].get(true)", [[], new Map<unknown, unknown>([[1, []], [true, [[]]]])]], // prettier-ignore
];

/** A place in what was given: a container in it is at fault as a whole if it changes while it is copied. */
function changing(kind: "array" | "object" | "Map" | "Set"): unknown {
  const array: unknown[] = [0];
  const object: Record<string, unknown> = { a: 0 };
  const [map, set] = [new Map<unknown, unknown>([[0, 0]]), new Set<unknown>([0])];
  const trap = {
    get value(): number {
      array.push(1);
      object["b"] = 1;
      map.set(1, 1);
      set.add(1);
      return 1;
    },
  };
  array.unshift(trap);
  const inner = { array, object, Map: map, Set: set }[kind];
  if (kind === "object") Object.assign(object, { trap });
  if (kind === "Map") map.set(0, trap);
  // A Set has no containers in it, so its size is changed by what comes before: by a proxy of it.
  if (kind === "Set") return [[], new Proxy(set, { get: (_set, name) => (name === "size" ? 5 : bindTo(set, name)) })];
  return [[], inner];
}
function bindTo(set: Set<unknown>, name: PropertyKey): unknown {
  const value: unknown = Reflect.get(set, name, set);
  return typeof value === "function" ? (value.bind(set) as unknown) : value;
}

describe.each(CORES)("places in messages, %s core", (_, options) => {
  test("are exact at each level", () => {
    withHeap(options(), (heap) => {
      for (const [where, value] of FAULTS) {
        const message = messageOf(thrownBy(() => heap.from(value)));
        if (where === "") expect(message).not.toContain("(in");
        else expect(message).toMatch(new RegExp(`\\(in value${escape(where)}\\)$`));
        heap.verify();
      }
    });
  });

  test("name the container itself if it changes during the copy", () => {
    withHeap(options(), (heap) => {
      for (const [kind, where] of [
        ["array", "[1]"],
        ["object", "[1]"],
        ["Map", "[1]"],
        ["Set", "[1]"],
      ] as const)
        // prettier-ignore
        expect(messageOf(thrownBy(() => heap.from(changing(kind))))).toBe(
          `${kind === "array" || kind === "object" ? "an" : "a"} ${kind} changed while it was copied (in value${where})`,
        );
    });
  });

  test("are right wherever in a random value an error is planted", () => {
    withHeap(options(), (heap) => {
      const seed = seedOf(71);
      const random = seededRandom(seed);
      for (let round = 0; round < 200; round++) {
        const [where, value] = randomFault(random, 1 + random(6));
        expect(messageOf(thrownBy(() => heap.from(value))), `seed ${seed}`).toContain(`(in value${where})`);
      }
    });
  });
});

describe.each(CORES)("limits of the engine, %s core", (_, options) => {
  afterEach(() => void vi.restoreAllMocks());

  test("a full Map or Set gives an error with a code", () => {
    withHeap(options(), (heap) => {
      const [dict, set] = [heap.dict([[1, 2]]), heap.set([1])];
      const full = (kind: string) => (): never => {
        throw new RangeError(`${kind} maximum size exceeded`);
      };
      vi.spyOn(Map.prototype, "set").mockImplementation(full("Map"));
      vi.spyOn(Set.prototype, "add").mockImplementation(full("Set"));
      const codes = [() => dict.toJS(), () => set.toJS(), () => dict.repr()].map(codeOf);
      vi.restoreAllMocks();
      expect(codes).toEqual(["TOO_LARGE", "TOO_LARGE", "TOO_LARGE"]);
    });
  });

  test("a text that is too long gives an error with a code", () => {
    withHeap(options(), (heap) => {
      const list = heap.list(["a", "b"]);
      vi.spyOn(Array.prototype, "join").mockImplementation(() => {
        throw new RangeError("Invalid string length");
      });
      const code = codeOf(() => list.repr());
      vi.restoreAllMocks();
      expect(code).toBe("TOO_LARGE");
    });
  });

  test("toJS names the place of what is too large", () => {
    withHeap(options(), (heap) => {
      const Box = heap.struct("Box", { content: "value" });
      const [map, set] = [new Map([["few", 0]]), new Set([1, 2, 3, 4])];
      for (let i = 0; i < 4; i++) map.set(`k${i}`, i);
      const cases: [place: string, value: Handle][] = [
        ['value[1]["a"]', heap.from([0, { a: map }])],
        ['value.get(5)["b"][0]', heap.from(new Map([[5, { b: [set] }]]))],
        ['value["content"]', Box.new({ content: set })],
        ["value[0].keys()", heap.list([heap.dict([[heap.tuple([Box.new()]), 1]])])],
        ["value.values()", heap.set([Box.new({ content: 1 })])],
      ];
      // The last two hold the large ones one step further.
      const [inKey, inSet] = [cases[3]?.[1] as ListHandle<DictHandle>, cases[4]?.[1] as SetHandle];
      type InKey = { get: (index: number) => { set: (name: string, value: unknown) => void } };
      ([...inKey.get(0).keys()][0] as unknown as InKey).get(0).set("content", set);
      ([...inSet][0] as unknown as ReturnType<InKey["get"]>).set("content", set);
      const [addTo, setIn] = [Set.prototype.add, Map.prototype.set];
      vi.spyOn(Set.prototype, "add").mockImplementation(function (this: Set<unknown>, value) {
        if (this.size === 3 && !this.has(value)) throw new RangeError("Set maximum size exceeded");
        return addTo.call(this, value) as Set<unknown>;
      });
      vi.spyOn(Map.prototype, "set").mockImplementation(function (this: Map<unknown, unknown>, key, value) {
        if (key === "k3") throw new RangeError("Map maximum size exceeded");
        return setIn.call(this, key, value) as Map<unknown, unknown>;
      });
      const errors = cases.map(([, value]) => thrownBy(() => value.toJS()) as Error & { code: string });
      vi.restoreAllMocks();
      const rest = ["", "", "", '[0]["content"]', '["content"]'];
      expect(errors.map(({ code }) => code)).toEqual(cases.map(() => "TOO_LARGE"));
      for (const [i, [place]] of cases.entries())
        expect(errors[i]?.message).toMatch(
          new RegExp(`maximum size exceeded \\(in ${escape(`${place}${rest[i]}`)}\\)$`),
        );
      expect(errors[0]?.cause).toBeInstanceOf(RangeError);
    });
  });

  test("JSON.stringify names the place of what JSON cannot say", () => {
    withHeap(options(), (heap) => {
      for (const [value, message] of [
        [[1, { a: new Set() }], 'JSON cannot represent a set (in value[1]["a"])'],
        [{ a: [new Uint8Array(1)] }, 'JSON cannot represent bytes (in value["a"][0])'],
        [{ a: { b: 2n ** 60n } }, 'JSON.stringify cannot write 1152921504606846976 without loss (in value["a"]["b"])'],
        [[[new Map([[new Uint8Array(1), 1]])]], "JSON cannot represent bytes (in value[0][0])"],
        [new Set(), "JSON cannot represent a set"],
      ] as const)
        expect(messageOf(thrownBy(() => JSON.stringify(heap.from(value))))).toBe(message);
    });
  });
});

test("a list of more than 2^26 items is refused before V8 ends the process", () => {
  const heap = Heap.createSync();
  const list = heap.list([1]);
  while (list.length < 2 ** 26) list.extend(list);
  list.append(1);
  const error = thrownBy(() => heap.list([0, list]).toJS()) as Error & { code: string };
  expect([error.code, error.message]).toEqual([
    "TOO_LARGE",
    "an array of JavaScript holds 67108864 items, not 67108865 (in value[1])",
  ]);
  heap.dispose();
});

test("a large map continues in another Map when one is full", () => {
  const map = new LargeMap<number, string>(4);
  for (let i = 0; i < 10; i++) map.set(i, `${i}`);
  expect(map.size).toBe(10);
  expect(Array.from({ length: 11 }, (_none, i) => map.get(i))).toEqual([..."0123456789", undefined]);
  for (const i of [0, 5, 9]) map.set(i, "again");
  for (let i = 10; i < 13; i++) map.set(i, "new");
  expect([map.size, map.get(0), map.get(5), map.get(9), map.get(12)]).toEqual([13, "again", "again", "again", "new"]);
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A value with what cannot be copied so deep in it, among others, and where. */
function randomFault(random: (below: number) => number, depth: number): [where: string, value: unknown] {
  if (depth === 0) return ["", no];
  const [where, fault] = randomFault(random, depth - 1);
  const others = (): unknown[] =>
    Array.from({ length: random(4) }, () => [1, [[2]], { a: {} }, new Map([[1, []]])][random(4)]);
  const before = others();
  const at = before.length;
  const parts = [...before, fault, ...others()];
  const keyed = parts.map((part, i) => [`k${i}`, part] as const);
  switch (random(3)) {
    case 0:
      return [`[${at}]${where}`, parts];
    case 1:
      return [`["k${at}"]${where}`, Object.fromEntries(keyed)];
    default:
      return [`.get("k${at}")${where}`, new Map(keyed)];
  }
}
