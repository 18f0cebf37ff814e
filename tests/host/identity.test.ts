import { deepStrictEqual, notDeepStrictEqual } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { trace } from "../../src/trace.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

describe.each(CORES)("JavaScript's operations on any object, applied to handles, %s core", (_, options) => {
  test("deepStrictEqual and toEqual find two handles equal if they are of one object", () => {
    withHeap(options(), (heap) => {
      const [one, other] = [heap.list([1]), heap.list([1])];
      deepStrictEqual(one, one.clone());
      notDeepStrictEqual(one, other);
      const Point = heap.struct("Point", { x: "f64" });
      const point = Point.new({ x: 1 });
      expect({ point }).toEqual({ point: point.clone() });
      expect({ point }).not.toEqual({ point: Point.new({ x: 1 }) });
      withHeap(options(), (second) => {
        const far = second.list([1]);
        expect(far.address).toBe(one.address);
        expect(isDeepStrictEqual(one, far)).toBe(false);
      });
    });
  });

  test("the tag of a handle names its type and address, or why it cannot be used", () => {
    withHeap(options(), (heap) => {
      const Point = heap.struct("Point", { x: "f64" });
      const point = Point.new({ x: 1 });
      expect(tagOf(point)).toMatch(/^\[object Point at 0x[0-9a-f]+( in heap \d+)?\]$/);
      expect(tagOf(Object.getPrototypeOf(point))).toBe("[object Handle]");
      expect(tagOf(new Proxy(point, {}))).toBe("[object proxy of a handle]");
      expect(tagOf(Object.create(point))).toBe("[object proxy of a handle]");
      point.release();
      expect(tagOf(point)).toBe("[object released handle]");
    });
    const heap = Heap.createSync(options());
    const list = heap.list();
    heap.dispose();
    expect(tagOf(list)).toBe("[object released handle]");
  });

  test("structuredClone rejects handles and other parts of a heap, also inside other values", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { next: "ref" });
      const node = Node.new();
      const belongings = [
        ...[node, heap.list(), heap.dict(), heap.set(), heap.tuple(), heap.str(""), heap.none, heap.weakref.ref(node)],
        ...[heap.weakref.keyMap(), heap.weakref.set(), heap.weakref.valueMap(), heap.weakref.proxy(node)],
        ...[heap, Node, heap.gc, heap.gc.pause(), heap.weakref, heap.roots, heap.batch, heap.core, trace(heap)],
        heap.weakref.finalize(node, () => undefined),
      ];
      for (const belonging of belongings) {
        expect(() => structuredClone(belonging)).toThrow(/could not be cloned/);
        expect(() => structuredClone({ deep: [belonging] })).toThrow(/could not be cloned/);
      }
      expect(() => structuredClone(node)).toThrow(/send its toJS\(\)/);
      const { port1 } = new MessageChannel();
      expect(() => {
        port1.postMessage(node);
      }).toThrow(/could not be cloned/);
      port1.close();
      heap.gc.enable();
    });
  });

  test("two heaps, structs, pauses or value maps are never deeply equal", () => {
    withHeap(options(), (heap) => {
      withHeap(options(), (other) => {
        expect(isDeepStrictEqual(heap, other)).toBe(false);
        expect(isDeepStrictEqual(heap.gc, other.gc)).toBe(false);
      });
      expect(isDeepStrictEqual(heap.struct("A", { x: "u8" }), heap.struct("B", { x: "u8" }))).toBe(false);
      expect(isDeepStrictEqual(heap.weakref.valueMap(), heap.weakref.valueMap())).toBe(false);
    });
  });

  test("is() treats null and undefined as no object, and rejects other values that are not handles", () => {
    withHeap(options(), (heap) => {
      const list = heap.list();
      expect([list.is(list.clone()), list.is(null), list.is(undefined)]).toEqual([true, false, false]);
      expect(codeOf(() => list.is({} as never))).toBe("BAD_VALUE");
      list.release();
      expect(codeOf(() => list.is(null))).toBe("RELEASED_HANDLE");
    });
  });
});

describe("util.inspect", () => {
  test("the option `depth` cuts containers in containers", () => {
    withHeap({}, (heap) => {
      const Box = heap.struct("Box", { inside: "ref" });
      const value = heap.from([[[[1, 2]]], { a: { b: { c: 1 } } }, new Set([1])]);
      value.append(Box.new({ inside: Box.new({ inside: heap.list([1]) }) }) as never);
      expect(inspect(value)).toBe(
        "[[[<list of 2>]], {'a': {'b': <dict of 1>}}, {1}, Box(inside=Box(inside=<list of 1>))]",
      );
      expect(inspect(value, { depth: 0 })).toBe("[<list of 1>, <dict of 1>, <set of 1>, <Box>]");
      expect(inspect(value, { depth: null })).toBe(value.repr());
      expect(inspect({ value }, { depth: 1 })).toBe("{ value: [<list of 1>, <dict of 1>, <set of 1>, <Box>] }");
    });
  });

  test("the option `colors` colours values by type, and the text without colours is the same", () => {
    withHeap({}, (heap) => {
      const Point = heap.struct("Point", { x: "f64", on: "bool", next: "ref" });
      const value = heap.list([1, "a", null, true, Uint8Array.of(65), Point.new({ x: 2, on: true })]);
      const coloured = inspect(value, { colors: true });
      expect(coloured).toContain(
        "[\x1b[33m1\x1b[39m, \x1b[32m'a'\x1b[39m, \x1b[1mNone\x1b[22m, \x1b[33mTrue\x1b[39m, ",
      );
      expect(coloured).toContain("Point(x=\x1b[33m2.0\x1b[39m, on=\x1b[33mTrue\x1b[39m, next=\x1b[1mNone\x1b[22m)");
      // eslint-disable-next-line no-control-regex -- colours
      expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(inspect(value));
    });
  });
});
