import { describe, expect, expectTypeOf, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { DictHandle, Handle, ListHandle, SetHandle, Value } from "../../src/index.js";

/** What `tsc` must see, and refuse: it runs over the tests before they do. */
describe("types are inferred from a struct's definition", () => {
  const heap = Heap.createSync();
  const Person = heap.struct(
    "Person",
    { title: "str", buddy: "ref", age: "u8", score: "f64", isHere: "bool", serial: "i64" },
    {
      methods: {
        greet(name: string) {
          expectTypeOf(this.title).toEqualTypeOf<string | null>();
          return `${this.title ?? "?"} greets ${name}`;
        },
      },
    },
  );
  const Student = heap.struct("Student", { school: "str" }, { extends: Person });

  test("the types that fields read as", () => {
    const person = Person.new();
    expectTypeOf(person.title).toEqualTypeOf<string | null>();
    expectTypeOf(person.buddy).toEqualTypeOf<Handle | null>();
    expectTypeOf(person.age).toEqualTypeOf<number>();
    expectTypeOf(person.isHere).toEqualTypeOf<boolean>();
    expectTypeOf(person.serial).toEqualTypeOf<bigint>();
    expectTypeOf(person.greet).toEqualTypeOf<(name: string) => string>();
    expect(person.toJS()).toEqual({ title: null, buddy: null, age: 0, score: 0, isHere: false, serial: 0n });
  });

  test("the types of inherited fields", () => {
    const student = Student.new({ title: "Alice", school: "MIT" });
    expectTypeOf(student.school).toEqualTypeOf<string | null>();
    expectTypeOf(student.age).toEqualTypeOf<number>();
    expectTypeOf(student.greet("Bob")).toEqualTypeOf<string>();
    expect(student.greet("Bob")).toBe("Alice greets Bob");
  });

  test("wrong values are compile errors, and errors at run time", () => {
    // @ts-expect-error -- a number is no title
    expect(() => Person.new({ title: 1 })).toThrow("expected a string");
    // @ts-expect-error -- there is no such field
    expect(() => Person.new({ titel: "Alice" })).toThrow("no field");
    // @ts-expect-error -- i64 takes bigints
    expect(() => Student.new({ serial: 1 })).toThrow("bigint");
    const person = Person.new();
    expect(() => {
      // @ts-expect-error -- a string is no age
      person.age = "old";
    }).toThrow("whole number");
    // @ts-expect-error -- no type of fields is called so: TypeScript says it where the field is used
    expect(() => heap.struct("Odd", { field: "string" }).new({ field: "x" })).toThrow("unknown type");
    // @ts-expect-error -- a person has no school
    expect(person.school).toBeUndefined();
  });
});

describe("types of the objects that a heap creates", () => {
  const heap = Heap.createSync();

  test("an empty container accepts its declared types, or anything", () => {
    expectTypeOf(heap.list<string>()).toEqualTypeOf<ListHandle<string>>();
    expectTypeOf(heap.dict<string, number>()).toEqualTypeOf<DictHandle<string, number>>();
    expectTypeOf(heap.set<number>()).toEqualTypeOf<SetHandle<number>>();
    expectTypeOf(heap.list()).toEqualTypeOf<ListHandle>();
    expectTypeOf(heap.dict()).toEqualTypeOf<DictHandle>();
    expectTypeOf(heap.set()).toEqualTypeOf<SetHandle>();
    const ages: DictHandle<string, number> = heap.dict();
    // @ts-expect-error -- a number is no key of it
    ages.set(1, 30);
    expect(ages.toJS()).toEqual(new Map([[1, 30]]));
  });

  test("literals can be nested in containers with declared types", () => {
    const mixed = heap.list<Value>([[1], 2, { a: new Set([3]) }]);
    expectTypeOf(mixed).toEqualTypeOf<ListHandle>();
    expect(String(mixed)).toBe("[[1], 2, {'a': {3}}]");
    const drawing = heap.dict<string, Value>({ color: "red", points: [[0, 1]] });
    expectTypeOf(drawing).toEqualTypeOf<DictHandle<string>>();
    expect(String(drawing)).toBe("{'color': 'red', 'points': [[0, 1]]}");
    expectTypeOf(heap.dict<number, Value>([[1, [2]]])).toEqualTypeOf<DictHandle<number>>();
    expectTypeOf(heap.dict<number, Value>(new Map([[1, [2]]]))).toEqualTypeOf<DictHandle<number>>();
    // @ts-expect-error -- a text is no number
    heap.list<number>(["one"]);
    // @ts-expect-error -- a text is no number
    heap.dict<string, number>({ a: "one" });
  });

  test("an empty container may be of a type parameter", () => {
    class Cache<K extends Value, V extends Handle> {
      readonly entries: DictHandle<K, V> = heap.dict<K, V>();
      readonly order: ListHandle<K> = heap.list<K>();
      readonly old: SetHandle<K> = heap.set<K>();
    }
    const { entries, order, old } = new Cache<string, ListHandle>();
    expect([entries.size, order.length, old.size]).toEqual([0, 0, 0]);
  });

  test("`new` and `set` copy literals only into a `value` field", () => {
    const Cell = heap.struct("Cell", { content: "value", target: "ref" });
    const cell = Cell.new({ content: { a: [1] } });
    expectTypeOf(cell.content).toEqualTypeOf<Value>();
    cell.set("content", new Map([[1, [2]]]));
    expect(String(cell.content)).toBe("{1: [2]}");
    // @ts-expect-error -- a reference is no literal
    expect(() => Cell.new({ target: [1] })).toThrow("expected a handle");
    // @ts-expect-error -- a reference is no literal
    expect(() => { cell.set("target", {}); }).toThrow("expected a handle"); // prettier-ignore
  });
});
