// What heap.from makes of values that a heap has no place for, if it is told so.

import { describe, expect, test } from "vitest";
import type { FromOptions, Heap, ListHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

class Node {
  parent: Node | null = null;
  readonly children: Node[] = [];
  constructor(readonly name: string) {}
  add(child: Node): this {
    child.parent = this;
    this.children.push(child);
    return this;
  }
}

const asProperties = (node: unknown): unknown => ({ ...(node as object) });

function copied(heap: Heap, value: unknown, options?: FromOptions): unknown {
  const handle = heap.from(value, options);
  const copy: unknown = handle.toJS();
  handle.release();
  return copy;
}

function errorOf(run: () => unknown): Error & { code?: string } {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe.each(CORES)("heap.from with options, %s core", (_, options) => {
  test("replace turns links to parents into cycles in the heap; each instance is replaced once", () => {
    withHeap(options(), (heap) => {
      const root = new Node("root").add(new Node("left")).add(new Node("right"));
      let calls = 0;
      const copy = copied(heap, root, {
        replace: (node) => {
          calls++;
          return asProperties(node);
        },
      }) as Node;
      expect(calls).toBe(3);
      expect(copy.children.map(({ name }) => name)).toEqual(["left", "right"]);
      for (const child of copy.children) expect(child.parent).toBe(copy);
    });
  });

  test("a tree with links to parents may have any depth", () => {
    withHeap(options(), (heap) => {
      const root = new Node("root");
      let last = root;
      for (let i = 0; i < 20_000; i++) last.add((last = new Node(`n${i}`)));
      const handle = heap.from(root, { replace: asProperties });
      heap.verify();
      handle.release();
      heap.gc.collect();
    });
  });

  test("replace is called, with key and holder, only for values that a heap cannot store", () => {
    withHeap(options(), (heap) => {
      const holder = {
        date: new Date(0),
        fine: [1, "a", null, true, 2n, new Uint8Array(1), new Map([["k", new Set([1])]]), heap.none],
        big: 2n ** 64n,
        half: "\ud800",
        symbol: Symbol.iterator,
        none: undefined,
        list: [undefined, () => 1],
        weak: new WeakMap(),
        map: new Map<unknown, unknown>([["x", new Error("e")]]),
      };
      const seen: [unknown, unknown][] = [];
      const copy = copied(heap, holder, {
        replace: (value, key, where) => {
          seen.push([key, where]);
          return typeof value === "function" ? undefined : String(key);
        },
      });
      expect(seen.map(([key]) => key)).toEqual(["date", "big", "half", "symbol", "none", 0, 1, "weak", "x"]);
      expect(seen[0]?.[1]).toBe(holder);
      expect(seen[5]?.[1]).toBe(holder.list);
      expect(seen[8]?.[1]).toBe(holder.map);
      expect(copy).toMatchObject({ date: "date", big: "big", list: ["0", null], map: new Map([["x", "x"]]) });
    });
  });

  test("undefined omits properties, entries and elements, and is null in an array", () => {
    withHeap(options(), (heap) => {
      const gone = (): undefined => undefined;
      const value = { a: new Date(), b: [new Date(), 1], c: new Map([[1, new Date()]]), d: new Set([new Date(), 2]) };
      expect(copied(heap, value, { replace: gone })).toEqual({ b: [null, 1], c: new Map(), d: new Set([2]) });
      expect(codeOf(() => heap.from(new Date(), { replace: gone }))).toBe("BAD_VALUE");
    });
  });

  test("keys of Maps and elements of Sets are replaced, too", () => {
    withHeap(options(), (heap) => {
      const iso = (value: unknown): unknown => (value as Date).toISOString();
      const day = new Date(0);
      expect(copied(heap, new Map([[day, 1]]), { replace: iso })).toEqual(new Map([[day.toISOString(), 1]]));
      expect(copied(heap, new Set([day]), { replace: iso })).toEqual(new Set([day.toISOString()]));
    });
  });

  test("errors name the place and have the cause; nothing remains of the copy", () => {
    withHeap(options(), (heap) => {
      const before = heap.stats().objects;
      const value = { a: [0, 1, 2, new Map([["k", new Date()]])] };
      const fault = new Error("no");
      const thrown = errorOf(() =>
        heap.from(value, {
          replace: () => {
            throw fault;
          },
        }),
      );
      expect(thrown).toMatchObject({ code: "BAD_VALUE", cause: fault });
      expect(thrown.message).toContain('value["a"][3].get("k")');
      const still = errorOf(() => heap.from(value, { replace: (date) => date }));
      expect(still).toMatchObject({ code: "BAD_VALUE" });
      expect(still.message).toBe('a heap has no place for a value of Date (in value["a"][3].get("k"))');
      const inside = errorOf(() =>
        heap.from([new Node("x")], { replace: (node) => (node instanceof Node ? { deep: [new Date()] } : node) }),
      );
      expect(inside.message).toContain('value[0]["deep"][0]');
      heap.verify();
      expect(heap.stats().objects).toBe(before);
    });
  });

  test("toJSON is called first, like in JSON.stringify, and once for each object", () => {
    withHeap(options(), (heap) => {
      const keys: string[] = [];
      const own = { toJSON: (key: string) => (keys.push(key), { k: key }) };
      const value = { at: new Date(0), list: [own, own], url: new URL("https://a.example/") };
      const copy = copied(heap, value, { toJSON: true }) as { list: unknown[] };
      expect(copy).toEqual({
        at: "1970-01-01T00:00:00.000Z",
        list: [{ k: "0" }, { k: "0" }],
        url: "https://a.example/",
      });
      expect(copy.list[0]).toBe(copy.list[1]);
      expect(keys).toEqual(["0"]);
      expect(copied(heap, new Date(0), { toJSON: true })).toBe("1970-01-01T00:00:00.000Z");
      const both = { toJSON: true, replace: (left: unknown) => String(left) };
      expect(copied(heap, [new Date(0), /x/], both)).toEqual(["1970-01-01T00:00:00.000Z", "/x/"]);
      const fault = new Error("no");
      const throws = {
        toJSON: () => {
          throw fault;
        },
      };
      expect(errorOf(() => heap.from([throws], { toJSON: true }))).toMatchObject({ code: "BAD_VALUE", cause: fault });
      expect(codeOf(() => heap.from(new Date(0)))).toBe("BAD_VALUE");
    });
  });

  test("binary data becomes bytes, and typed arrays of numbers become lists", () => {
    withHeap(options(), (heap) => {
      const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
      const bytes = new Uint8Array([1, 2, 3, 4]);
      for (const data of [
        buffer,
        new DataView(buffer),
        new Uint8ClampedArray(buffer),
        bytes,
        new SharedArrayBuffer(0),
      ]) {
        const expected = data instanceof SharedArrayBuffer ? new Uint8Array() : bytes;
        expect(copied(heap, data)).toEqual(expected);
        expect(copied(heap, [data])).toEqual([expected]);
      }
      expect(copied(heap, new DataView(buffer, 1, 2))).toEqual(bytes.subarray(1, 3));
      expect(copied(heap, { a: new Float64Array([0.5, -0, 3]) })).toEqual({ a: [0.5, -0, 3] });
      for (const array of [new Int8Array([-1]), new Uint32Array([2 ** 32 - 1]), new Float32Array([0.5])])
        expect(copied(heap, array)).toEqual([...array]);
      expect(copied(heap, new BigInt64Array([-(2n ** 63n), 5n]))).toEqual([-(2n ** 63n), 5n]);
      expect(codeOf(() => heap.from(new BigUint64Array([2n ** 63n])))).toBe("BAD_VALUE");
      structuredClone(buffer, { transfer: [buffer] });
      expect(codeOf(() => heap.from([new DataView(new ArrayBuffer(0)), buffer]))).toMatch(/BAD_VALUE|no error/);
    });
  });

  test("invalid options are rejected", () => {
    withHeap(options(), (heap) => {
      expect(codeOf(() => heap.from([], { replacer: asProperties } as never))).toBe("BAD_OPTION");
      expect(codeOf(() => heap.from([], { replace: 5 } as never))).toBe("BAD_OPTION");
      expect(codeOf(() => heap.from([], { toJSON: 1 } as never))).toBe("BAD_OPTION");
    });
  });
});

test("a replace that makes a new misfit each time ends with BAD_VALUE, and the place", () => {
  withHeap({}, (heap) => {
    const { objects } = heap.stats();
    for (const endless of [
      { replace: () => [new WeakMap()] },
      { toJSON: true, replace: () => new Map([["k", { toJSON: () => new WeakMap() }]]) },
    ] as FromOptions[]) {
      const error = errorOf(() => heap.from({ a: [0, new WeakMap()] }, endless));
      expect(error.code).toBe("BAD_VALUE");
      expect(error.message).toMatch(/^100000 values have been replaced, each .* \(in value\["a"\]\[1\]/);
      expect(error.message.length).toBeLessThan(2000);
      expect(heap.stats().objects).toBe(objects);
      heap.verify();
    }
    // Side by side they may be as many as they like.
    const dates = Array.from({ length: 100_001 }, () => new Date(0));
    const list = heap.from(dates, { replace: () => 1 }) as ListHandle;
    expect(list.length).toBe(dates.length);
    list.release();
  });
});
