import { describe, expect, expectTypeOf, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { FieldType, Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

const RANGES: [FieldType, unknown[], unknown[]][] = [
  ["i8", [-128, 0, 127], [-129, 128, 1.5, NaN, "1", 1n, null]],
  ["u8", [0, 255], [-1, 256, NaN]],
  ["i16", [-32768, 32767], [-32769, 32768]],
  ["u16", [0, 65535], [-1, 65536]],
  ["i32", [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, Infinity]],
  ["u32", [0, 2 ** 32 - 1], [-1, 2 ** 32]],
  ["i64", [-(2n ** 63n), 2n ** 63n - 1n], [2n ** 63n, 5]],
  ["u64", [0n, 2n ** 64n - 1n], [-1n, 2n ** 64n, 5]],
  ["f32", [0.5, -Infinity], ["0.5", 1n, null]],
  ["f64", [Math.PI, -0], [undefined === null, "x"]],
  ["bool", [true, false], [0, 1, "true", null]],
  ["str", ["", "Zoë 🐍", "a\0b", null], [5, "\ud800", "x\udc00y", {}]],
];

describe.each(CORES)("structs, %s core", (_, options) => {
  test.each(RANGES)("a field of type %s stores values in its range, and rejects others", (type, good, bad) => {
    withHeap(options(), (heap) => {
      const Box = heap.struct("Box", { value: type, other: "ref" });
      const box = Box.new();
      for (const value of good) {
        box.set("value", value as never);
        expect(box.get("value")).toBe(value);
        expect(Box.new({ value } as never).get("value")).toBe(value);
      }
      const last = box.get("value");
      for (const value of bad) {
        expect(codeOf(() => box.set("value", value as never))).toBe("BAD_VALUE");
        if (value !== undefined) expect(codeOf(() => Box.new({ value } as never))).toBe("BAD_VALUE");
        expect(box.get("value")).toBe(last);
      }
    });
  });

  test("adjacent fields of every type do not overlap", () => {
    withHeap(options(), (heap) => {
      const types = RANGES.map(([type]) => type);
      const fields = Object.fromEntries(types.map((type) => [`my${type}`, type]));
      const All = heap.struct("All", fields);
      const all = All.new();
      for (let round = 0; round < 3; round++) {
        for (const [type, good] of RANGES) all.set(`my${type}`, good[round % good.length] as never);
        for (const [type, good] of RANGES) expect(all.get(`my${type}`)).toBe(good[round % good.length]);
      }
    });
  });

  test("no padding is wasted: an odd slot and a small field share eight bytes", () => {
    const heap = Heap.createSync();
    expect(heap.struct("A", { a: "ref", n: "u32" }).new().byteSize).toBe(24);
    expect(heap.struct("B", { f: "f64", a: "ref", n: "u16", m: "u16" }).new().byteSize).toBe(32);
    expect(heap.struct("C", { a: "u8", b: "f64", c: "u8", d: "u16", e: "u32" }).new().byteSize).toBe(24);
  });

  test("reading a reference returns a new handle, or null", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { next: "ref" });
      const a = Node.new();
      expect(a.next).toBeNull();
      a.next = a;
      const again = a.next as Handle;
      expect([again.is(a), a.refcount]).toEqual([true, 3]);
      again.release();
      a.next = null;
      expect(a.refcount).toBe(1);
    });
  });

  test("read follows a chain and creates no handle on the way", () => {
    withHeap(options(), (heap) => {
      const Person = heap.struct("Person", { title: "str", buddy: "ref" });
      const alice = Person.new({ title: "Alice" });
      const bob = Person.new({ title: "Bob", buddy: alice });
      alice.buddy = bob;
      const { handles } = heap.stats();
      expect(alice.read("buddy", "buddy", "buddy", "title")).toBe("Bob");
      expect(heap.stats().handles).toBe(handles);
      bob.buddy = null;
      expect(alice.read("buddy", "buddy", "title")).toBeNull();
      expect(codeOf(() => alice.read("title", "x" as never))).toBe("BAD_FIELD");
      expect(codeOf(() => alice.read("nobody" as never))).toBe("BAD_FIELD");
    });
  });

  test("bad definitions are named errors and define nothing", () => {
    withHeap(options(), (heap) => {
      for (const field of [
        "byteSize",
        "has",
        "isNull",
        "equals",
        "[[handle]]",
        "type",
        "release",
        "then",
        "read",
        "constructor",
        "__proto__",
        "toString",
        "",
        "address",
      ]) {
        expect(codeOf(() => heap.struct("Bad", Object.fromEntries([[field, "ref"]])))).toBe("BAD_FIELD");
      }
      expect(codeOf(() => heap.struct("Bad", { a: "int" as never }))).toBe("BAD_FIELD");
      expect(codeOf(() => heap.struct("Bad", { a: "toString" as never }))).toBe("BAD_FIELD");
      expect(codeOf(() => heap.struct("", {}))).toBe("BAD_VALUE");
      heap.struct("Good", {});
      expect(codeOf(() => heap.struct("Good", {}))).toBe("DUPLICATE_TYPE");
      expect(codeOf(() => heap.struct("list", {}))).toBe("DUPLICATE_TYPE");
      heap.struct("Bad", {}).new();
    });
  });

  test("an object whose initial values are bad is never created, and no finalizer runs for it", () => {
    withHeap(options(), (heap) => {
      let finalized = 0;
      const Box = heap.struct("Box", { text: "str", n: "u8", other: "ref" }, { finalize: () => finalized++ });
      const other = Box.new();
      const released = Box.new();
      released.release();
      finalized = 0;
      const { objects } = heap.stats();
      expect(codeOf(() => Box.new({ text: "kept?", other, n: 999 }))).toBe("BAD_VALUE");
      expect(codeOf(() => Box.new({ text: "kept?", other: released }))).toBe("RELEASED_HANDLE");
      expect(codeOf(() => Box.new({ nobody: 1 } as never))).toBe("BAD_FIELD");
      expect(codeOf(() => Box.new(5 as never))).toBe("BAD_VALUE");
      expect([heap.stats().objects, finalized, other.refcount]).toEqual([objects, 0, 1]);
    });
  });

  test("is tells the type, and narrows", () => {
    withHeap(options(), (heap) => {
      const A = heap.struct("A", { n: "i32" });
      const B = heap.struct("B", { a: "ref" });
      const b = B.new({ a: A.new({ n: 7 }) });
      const target = b.a as Handle;
      expect(B.is(target)).toBe(false);
      if (A.is(target)) expect(target.n).toBe(7);
      expect(A.is(target)).toBe(true);
    });
  });

  test("there may be more types than the first table holds", () => {
    withHeap(options(), (heap) => {
      const types = Array.from({ length: 300 }, (_, i) => heap.struct(`T${i}`, { n: "i32", other: "ref" }));
      const objects = types.map((type, i) => type.new({ n: i }));
      heap.verify();
      expect(objects.map((object) => object.n)).toEqual(types.map((_, i) => i));
      expect(objects[299]?.type).toBe("T299");
    });
  });
});

test("types are inferred from the definition", () => {
  const heap = Heap.createSync();
  const Person = heap.struct("Person", { title: "str", age: "u8", big: "u64", alive: "bool", buddy: "ref" });
  const alice = Person.new({ title: "Alice", age: 30 });
  expectTypeOf(alice.title).toEqualTypeOf<string | null>();
  expectTypeOf(alice.age).toEqualTypeOf<number>();
  expectTypeOf(alice.big).toEqualTypeOf<bigint>();
  expectTypeOf(alice.alive).toEqualTypeOf<boolean>();
  expectTypeOf(alice.buddy).toEqualTypeOf<Handle | null>();
  // @ts-expect-error a title is no number
  expect(codeOf(() => Person.new({ title: 1 }))).toBe("BAD_VALUE");
  // @ts-expect-error there is no such field
  expect(codeOf(() => Person.new({ name: "Alice" }))).toBe("BAD_FIELD");
});

describe.each(CORES)("fields of any value, %s core", (_, options) => {
  test("methods can have symbols for names, but not those that handles use", () => {
    withHeap(options(), (heap) => {
      const Range = heap.struct(
        "Range",
        { to: "i32" },
        {
          methods: {
            *[Symbol.iterator]() {
              for (let i = 0; i < this.to; i++) yield i;
            },
          },
          class: class {
            [Symbol.toPrimitive]() {
              return "Range";
            }
          },
        },
      );
      const range = Range.new({ to: 3 });
      expect([...range, `${range as unknown as string}`]).toEqual([0, 1, 2, "Range"]);
      const used = [
        (Symbol as { dispose?: symbol }).dispose,
        Symbol.for("nodejs.util.inspect.custom"),
        Symbol.toStringTag,
      ];
      for (const name of used)
        if (name !== undefined)
          expect(codeOf(() => heap.struct("Other", {}, { methods: { [name]: () => "" } }))).toBe("BAD_FIELD");
    });
  });

  test("a `value` field accepts and returns the same as a list", () => {
    withHeap(options(), (heap) => {
      const Cell = heap.struct("Cell", { value: "value", n: "u8", next: "ref" });
      const list = heap.list([1]);
      const cell = Cell.new({ value: 5 });
      for (const value of [0.5, "text", true, 2n ** 62n, 5n, null, Uint8Array.of(1), -0]) {
        cell.value = value;
        expect(cell.value).toEqual(value);
        expect(cell.toJS()).toEqual({ value, n: 0, next: null });
        heap.verify();
      }
      cell.value = list;
      expect((cell.value as Handle).is(list)).toBe(true);
      expect([list.refcount, String(cell)]).toEqual([3, "Cell(value=[1], n=0, next=None)"]);
      cell.value = cell; // a cycle
      for (const bad of [undefined, () => 1, "\ud800", 2n ** 63n, new Date(), [() => 1]])
        expect(codeOf(() => cell.set("value", bad as never))).toBe("BAD_VALUE");
      withHeap(options(), (other) => {
        expect(codeOf(() => (cell.value = other.list()))).toBe("FOREIGN_HANDLE");
      });
      expect((cell.value as Handle).is(cell)).toBe(true);
      expect(codeOf(() => Cell.new({ value: 2n ** 63n }))).toBe("BAD_VALUE");
    });
  });
});

test.each(CORES)("%s core: an accessor taken from a struct's class rejects objects of other structs", (_, options) => {
  withHeap(options(), (heap) => {
    const [Wide, Narrow] = [heap.struct("Wide", { a: "ref", b: "f64" }), heap.struct("Narrow", { n: "i32" })];
    const Derived = heap.struct("Derived", { c: "ref" }, { extends: Wide });
    const other = Heap.createSync(options());
    const foreign = other.struct("Wide", { a: "ref", b: "f64" }).new();
    const wide = Wide.new({ b: 1 });
    const strangers = [Narrow.new(), Derived.new(), heap.list([1]), foreign, Object.getPrototypeOf(wide), {}, null];
    for (const field of ["a", "b"]) {
      const { get, set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(wide), field) as PropertyDescriptor;
      for (const stranger of strangers) {
        expect(codeOf(() => get?.call(stranger))).toMatch(/^(BAD_VALUE|FOREIGN_HANDLE)$/);
        expect(codeOf(() => set?.call(stranger, field === "a" ? null : 2))).toMatch(/^(BAD_VALUE|FOREIGN_HANDLE)$/);
        heap.verify();
        other.verify();
      }
    }
    expect([wide.b, wide.a, Derived.new({ b: 3 }).b]).toEqual([1, null, 3]);
    other.dispose();
  });
});
