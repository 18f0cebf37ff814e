// What is misspelt is a named error that says the right word: fields, init objects, paths, options, fields of batches.

import { describe, expect, test } from "vitest";
import { didYouMean } from "../../src/base/suggest.js";
import { checkedCore } from "../../src/checked.js";
import { Heap, HeapwrightError, ref, required } from "../../src/index.js";
import { restoreSync, save } from "../../src/image.js";
import { trace } from "../../src/trace.js";
import { CORES, withHeap } from "../support/heap.js";

/** Code and message of what is thrown. */
function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof HeapwrightError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

describe.each(CORES)("%s core", (_, options) => {
  test("a misspelt field is BAD_FIELD with the right word, wherever it is named", () => {
    withHeap(options(), (heap) => {
      const Page = heap.struct("Page", { tag: "str", width: "u32" });
      const Sub = heap.struct("Sub", { extra: "ref" }, { extends: Page, methods: { hello: () => 1 } });
      const page = Sub.new({ tag: "a", width: 3 });
      const loose = page as unknown as Record<string, unknown>;
      const said = `BAD_FIELD: Sub has no field "tga"; did you mean "tag"?`;
      for (const run of [
        () => (loose.tga = 1),
        () => Object.assign(page, { tga: 1 }),
        () => Reflect.set(page, "tga", 1),
        () => page.set("tga" as never, 1 as never),
        () => page.get("tga" as never),
        () => page.read("tga" as never),
        () => Sub.new({ tga: "a" } as never),
        () => Sub.slotOf("tga" as never),
        () => heap.batch.get(Sub, "tga" as never, Uint32Array.of(page.address)),
        () => heap.batch.set(Sub, "tga" as never, Uint32Array.of(page.address), Uint32Array.of(1)),
      ])
        expect(errorOf(run)).toBe(said);
      expect(errorOf(() => (loose.Width = 1))).toBe('BAD_FIELD: Sub has no field "Width"; did you mean "width"?');
      expect(errorOf(() => (loose.colour = 1))).toBe('BAD_FIELD: Sub has no field "colour"');
      expect(errorOf(() => (loose[Symbol("s") as never] = 1))).toBe("BAD_FIELD: Sub has no field Symbol(s)");
      expect(errorOf(() => (loose["constructor.x".slice(0, 0)] = 1))).toBe('BAD_FIELD: Sub has no field ""');
      page.width = 5;
      expect([page.width, page.tag, Object.keys(page)]).toEqual([5, "a", ["[[handle]]"]]);
      page.release();
      expect(errorOf(() => (loose.tga = 1))).toBe(said);
      heap.verify();
    });
  });

  test("no handle accepts a property that it does not have", () => {
    withHeap(options(), (heap) => {
      const object = heap.struct("Thing", {}).new();
      const handles = [heap.list(), heap.tuple(), heap.dict(), heap.set(), heap.str("x"), heap.bytes(Uint8Array.of(1))];
      const others = [heap.int(5), heap.none, heap.weakref.ref(object), heap.weakref.keyMap(), heap.weakref.set()];
      for (const handle of [...handles, ...others, heap.weakref.proxy(object)]) {
        const loose = handle as unknown as Record<string, unknown>;
        expect(errorOf(() => (loose.length2 = 1))).toMatch(/^BAD_FIELD: .* has no field "length2"$/);
        expect(loose.length2).toBeUndefined();
      }
      const derived = Object.create(object) as Record<string, unknown>;
      expect(errorOf(() => (derived.x = 1))).toBe("nothing was thrown");
      expect(derived.x).toBe(1);
    });
  });

  test("a message about a field, its value, or an index says what is valid", () => {
    withHeap(options(), (heap) => {
      const Scope = heap.struct("Scope", { names: "ref", must: required("ref"), outer: ref(heap.struct("Outer", {})) });
      using names = heap.dict();
      using scope = Scope.new({ must: names });
      const value = '; a field of type "value" takes other values, too';
      expect(errorOf(() => scope.set("names", {} as never))).toBe(
        `BAD_VALUE: Scope.names: expected a handle or null, got a value of Object${value}`,
      );
      expect(errorOf(() => scope.set("must", null as never))).toBe(
        `BAD_VALUE: Scope.must: expected a handle, got null${value}`,
      );
      expect(errorOf(() => scope.set("outer", "x" as never))).toBe(
        'BAD_VALUE: Scope.outer: expected a handle or null, got "x"',
      );
      expect(errorOf(() => heap.struct("Odd", { field: "list" }))).toBe(
        'BAD_FIELD: field "field" has an unknown type: "list"; the types are "ref", "weak", "value", "str", "bool", ' +
          '"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", ref(), weak() and required()',
      );
      expect(errorOf(() => heap.struct("Odd", { release: "str" }))).toBe(
        'BAD_FIELD: a field cannot be called "release": handles have a member of that name',
      );
      using list = heap.list([1]);
      expect(errorOf(() => list.read("0"))).toBe('BAD_INDEX: an index is a whole number, not "0"');
      expect(errorOf(() => list.read(5))).toBe("BAD_INDEX: no item 5 among 1");
      expect(errorOf(() => list.read(-2))).toBe("BAD_INDEX: no item -2 among 1");
    });
  });

  test("a misspelt option is BAD_OPTION with the right word", () => {
    withHeap(options(), (heap) => {
      const wrong: [() => unknown, string][] = [
        [() => Heap.createSync({ maxbytes: 1 << 20 } as never), '"maxbytes"; did you mean "maxBytes"?'],
        [() => Heap.createSync({ traceHandle: true } as never), '"traceHandle"; did you mean "traceHandles"?'],
        [() => heap.struct("A", {}, { finalise: () => 1 } as never), '"finalise"; did you mean "finalize"?'],
        [() => heap.struct("A", {}, { method: {} } as never), '"method"; did you mean "methods"?'],
        [() => restoreSync(save(heap), { modul: 1 } as never), '"modul"; did you mean "module"?'],
        [() => trace(heap).start({ frame: 1 } as never), '"frame"'],
      ];
      for (const [run, said] of wrong) expect(errorOf(run)).toContain(`BAD_OPTION: there is no option ${said}`);
      expect(errorOf(() => Heap.createSync({ color: 1 } as never))).toContain("; there are ");
    });
  });
});

test("a suggestion is a word that differs in at most a third of its letters, two at most", () => {
  const known = ["tag", "title", "maxBytes"];
  const said = ["tga", "tags", "Title", "titel", "maxbits", "maxBytes2x", "x", "", "tomato", "t".repeat(10_000)].map(
    (word) => didYouMean(word, known).replace(/^; did you mean "(.*)"\?$/, "$1"),
  );
  expect(said).toEqual(["tag", "tag", "title", "title", "maxBytes", "maxBytes", "", "", "", ""]);
  expect(didYouMean(Symbol("tag"), known)).toBe("");
  // A word of two letters would be near to any.
  expect([didYouMean("x", ["p"]), didYouMean("xy", ["x", "yx"]), didYouMean("X", ["x"])]).toEqual([
    "",
    "",
    '; did you mean "x"?',
  ]);
  expect(checkedCore()).toBeInstanceOf(WebAssembly.Module);
});
