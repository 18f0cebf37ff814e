import { describe, expect, test } from "vitest";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("structs that extend structs, %s core", (_, options) => {
  test("have the fields, methods and finalizer of their base", () => {
    withHeap(options(), (heap) => {
      const dead: string[] = [];
      const Shape = heap.struct(
        "Shape",
        { label: "str", x: "f64", flag: "bool" },
        {
          methods: {
            describe(): string {
              return `${this.label ?? ""} at ${this.x}, area ${this.area()}`;
            },
            area(): number {
              return 0;
            },
            get far(): boolean {
              return this.x > 100;
            },
          },
          finalize: (shape) => dead.push(`${shape.type} ${shape.label ?? ""}`),
        },
      );
      const Circle = heap.struct(
        "Circle",
        { next: "ref", radius: "f32" },
        {
          extends: Shape,
          methods: {
            area(): number {
              return this.radius * 2;
            },
          },
        },
      );
      const Ring = heap.struct("Ring", { hole: "f32" }, { extends: Circle, finalize: () => dead.push("a ring") });
      const ring = Ring.new({ label: "r", x: 500, radius: 3, hole: 1, flag: true });
      const circle = Circle.new({ label: "c", radius: 2, next: ring });
      expect(circle.describe()).toBe("c at 0, area 4");
      expect([ring.describe(), ring.far, ring.hole, ring.flag]).toEqual(["r at 500, area 6", true, 1, true]);
      expect([Shape.is(ring), Circle.is(ring), Ring.is(ring), Ring.is(circle)]).toEqual([true, true, true, false]);
      expect(circle.read("next", "hole")).toBe(1);
      expect(String(circle)).toBe(
        "Circle(label='c', x=0.0, flag=False, next=Ring(label='r', x=500.0, flag=True, next=None, radius=3.0, hole=1.0), radius=2.0)",
      );
      expect(Object.keys(Ring.fields)).toEqual(["label", "x", "flag", "next", "radius", "hole"]);
      ring.release();
      circle.release();
      expect(dead).toEqual(["Circle c", "a ring"]);
    });
  });

  test("have minimal padding: the layout of a base's fields is computed again", () => {
    withHeap(options(), (heap) => {
      const Base = heap.struct("Base", { a: "u8", b: "ref" });
      const Derived = heap.struct("Derived", { c: "u8", d: "ref", e: "u16" }, { extends: Base });
      const flat = heap.struct("Flat", { b: "ref", d: "ref", a: "u8", c: "u8", e: "u16" });
      const derived = Derived.new({ a: 1, c: 2, e: 3 });
      derived.b = derived;
      expect(derived.byteSize).toBe(flat.new().byteSize);
      expect([derived.a, derived.c, derived.e, derived.d]).toEqual([1, 2, 3, null]);
      derived.b = null;
    });
  });

  test("a class body defines methods and accessors; those of its base classes work, too", () => {
    withHeap(options(), (heap) => {
      class Named {
        declare title: string;
        get upper(): string {
          return this.title.toUpperCase();
        }
        set upper(title: string) {
          this.title = title.toLowerCase();
        }
      }
      class Greeting extends Named {
        greet(): string {
          return `I am ${this.upper}`;
        }
      }
      const Person = heap.struct("Person", { title: "str" }, { class: Greeting });
      const alice = Person.new({ title: "Alice" });
      expect(alice.greet()).toBe("I am ALICE");
      alice.upper = "BOB";
      expect([alice.title, alice.greet()]).toEqual(["bob", "I am BOB"]);
    });
  });

  test("invalid definitions are rejected, and define no type", () => {
    withHeap(options(), (heap) => {
      const Base = heap.struct("Base", { a: "u8" }, { methods: { twice: () => 2 } });
      withHeap(options(), (other) => {
        expect(codeOf(() => other.struct("Foreign", {}, { extends: Base }))).toBe("FOREIGN_TYPE");
      });
      expect(codeOf(() => heap.struct("A", { a: "u8" }, { extends: Base }))).toBe("BAD_FIELD");
      expect(codeOf(() => heap.struct("A", { b: "u8" }, { methods: { b: () => 1 } }))).toBe("BAD_FIELD");
      expect(codeOf(() => heap.struct("A", { b: "u8" }, { methods: { release: () => 1 } }))).toBe("BAD_FIELD");
      expect(codeOf(() => heap.struct("A", { b: "u8" }, { extends: {} as never }))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.struct("A", { b: "u8" }, { class: {} as never }))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.struct("A", { b: "u8" }, { methods: 1 as never }))).toBe("BAD_VALUE");
      expect(heap.struct("A", { twice: "u8" }, { extends: Base }).new({ twice: 7 }).twice).toBe(7);
    });
  });

  test("objects of many types die through each other's fields", () => {
    withHeap(options(), (heap) => {
      let dead = 0;
      const A = heap.struct("A", { next: "ref" }, { finalize: () => dead++ });
      const B = heap.struct("B", { other: "ref", n: "i64" }, { extends: A });
      let last: Handle | null = null;
      for (let i = 0; i < 1000; i++) {
        const type = i % 2 ? A : B;
        const next: Handle = type.new({ next: last });
        last?.release();
        last = next;
      }
      last?.release();
      expect(dead).toBe(1000);
    });
  });
});
