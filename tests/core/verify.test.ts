import { describe, expect, test } from "vitest";
import * as invariants from "../../assembly/invariants.js";
import { describeInvariant } from "../../src/wasm/invariants.js";
import { startCore } from "../support/core.js";
import type { Core } from "../support/core.js";

/** A heap with something of everything, damaged by `damage`. */
function damaged(damage: (core: Core, object: number, list: number, weakref: number) => void): number {
  const core = startCore("release");
  const type = core.defineType(8, 2, 0);
  const object = core.alloc(type);
  const other = core.alloc(type);
  core.setRef(object, 0, other);
  core.decref(core.alloc(type));
  const list = core.newList(4);
  core.listAppend(list, object);
  const weakref = core.newWeakref(object, 1);
  expect(core.verify()).toBe(0);
  damage(core, object >>> 0, list >>> 0, weakref >>> 0);
  return core.verify();
}

describe("verify finds planted damage", () => {
  test("a refcount too high or too low", () => {
    expect(damaged((core, object) => core.setWord(object, core.word(object) + 1))).toBe(invariants.INVARIANT_REFCOUNT);
    expect(damaged((core, object) => core.setWord(object, core.word(object) - 1))).toBe(invariants.INVARIANT_REFCOUNT);
  });
  test("a slot that points into the middle of an object, outside the heap, or at a free block", () => {
    for (const target of [8, 0xffff0000, 4, 24 * 3]) {
      expect(damaged((core, object) => core.setWord(object + 8, target > 100 ? target : object + target))).toBe(
        invariants.INVARIANT_SLOT,
      );
    }
  });
  test("a link that leads astray", () => {
    expect(damaged((core, object, list) => core.setWord(object - 4, list))).toBe(invariants.INVARIANT_LINKS);
  });
  test("an unknown type", () => {
    expect(damaged((core, object) => core.setWord(object + 4, core.word(object + 4) | 0xfff0))).toBe(
      invariants.INVARIANT_TYPE_ID,
    );
  });
  test("an object that claims to be free", () => {
    expect(damaged((core, object) => core.setWord(object + 4, core.word(object + 4) & ~0xffff))).toBe(
      invariants.INVARIANT_SPAN_COUNTS,
    );
  });
  test("a list longer than its room", () => {
    expect(damaged((core, _, list) => core.setWord(list + 12, 50))).toBe(invariants.INVARIANT_LIST);
  });
  test("a weak reference to something else", () => {
    expect(damaged((core, _, list, weakref) => core.setWord(weakref + 12, list))).toBe(invariants.INVARIANT_WEAKREFS);
  });
  test("marks of a collection when there is none, old objects that are not counted, death without a death", () => {
    const flag = (bit: number) => (core: Core, object: number) =>
      core.setWord(object + 4, core.word(object + 4) | (1 << bit));
    expect(damaged(flag(21))).toBe(invariants.INVARIANT_MARKS);
    expect([invariants.INVARIANT_BIRTH, invariants.INVARIANT_OLD_COUNT]).toContain(damaged(flag(19)));
    expect(damaged(flag(22))).toBe(invariants.INVARIANT_DYING);
  });
  test("tables, tuples, interned strings and untracked containers that are not what they should be", () => {
    const key = (core: Core, n: number): number => core.borrowInt(n, 0, 0);
    const cases: [number, (core: Core, dict: number, tuple: number, text: number) => void][] = [
      // A key that is not at home, a hash that is another's, an entry that the index does not lead to, a wrong length.
      [invariants.INVARIANT_TABLE, (core, dict) => core.setWord(core.word(dict + 8) + 8, core.newInt(100, 0, 0))],
      [invariants.INVARIANT_TABLE, (core, dict) => core.setWord(core.word(dict + 8) + 8 + 5 * 8, 77)],
      [invariants.INVARIANT_TABLE, (core, dict) => core.setWord(core.word(dict + 8) + 8 + 5 * 12, 0xffffffff)],
      [invariants.INVARIANT_TABLE, (core, dict) => core.setWord(dict + 16, 1)],
      [invariants.INVARIANT_TABLE, (core, dict) => core.setWord(dict + 20, 50)],
      [invariants.INVARIANT_UNTRACKED, (core, dict) => core.setWord(core.word(dict + 8) + 12, counted(core))],
      [invariants.INVARIANT_TUPLE, (core, _, tuple) => core.setWord(tuple + 12, 0)],
      [invariants.INVARIANT_INTERNED, (core, _, __, text) => core.setWord(text + 4, core.word(text + 4) & ~(1 << 21))],
      [invariants.INVARIANT_INTERNED, (core, _, __, text) => core.setWord(text + 12, core.word(text + 12) ^ 1)],
    ];
    /** A list that a slot may be pointed at: its counts are as if it were. */
    const counted = (core: Core): number => {
      const list = core.newList(0) >>> 0;
      core.setWord(list + 4, core.word(list + 4) & 0x00ffffff);
      return list;
    };
    for (const [invariant, damage] of cases) {
      const core = startCore("release");
      const dict = core.newDict(0) >>> 0;
      for (const n of [0, 1, 2]) core.dictSet(dict, key(core, n), core.none());
      const tuple = core.newTuple(1) >>> 0;
      core.tupleInit(tuple, 0, core.none());
      const text = core.intern(core.borrowStr(3)) >>> 0;
      expect(core.verify()).toBe(0);
      damage(core, dict, tuple, text);
      expect(core.verify(), damage.toString()).toBe(invariant);
    }
  });
  test("weak maps whose entries are not their keys'", () => {
    const cases: [number, (core: Core, map: number, entry: number, key: number) => void][] = [
      [invariants.INVARIANT_WEAKMAP, (core, map) => core.setWord(map + 12, 2)],
      [invariants.INVARIANT_WEAKMAP, (core, map) => (core.setWord(map + 8, 0), core.setWord(map + 12, 0))],
      [invariants.INVARIANT_WEAKMAP, (core, _, entry, key) => core.setWord(entry + 24, key)],
      [invariants.INVARIANT_WEAKMAP, (core, map, entry) => core.setWord(entry + 12, map)],
      [invariants.INVARIANT_REFCOUNT, (core, _, entry) => core.setWord(entry, 2)],
    ];
    for (const [invariant, damage] of cases) {
      const core = startCore("release");
      const key = core.alloc(core.defineType(8, 2, 0)) >>> 0;
      const map = core.newWeakMap(0) >>> 0;
      core.weakMapSet(map, key, core.none());
      expect(core.verify()).toBe(0);
      damage(core, map, core.weakMapFind(map, key) >>> 0, key);
      expect(core.verify(), damage.toString()).toBe(invariant);
    }
  });
  test("pages that are not counted", () => {
    const core = startCore("release");
    core.alloc(core.defineType(8, 2, 0));
    core.census();
    const pages = core.usedPageBytes() / 65536;
    // The control block is a static area whose words have no names here: one of those that hold the number is the count.
    const found = new Set<number>();
    for (let at = 0; at < 2048; at += 4) {
      if (core.word(at) !== pages) continue;
      core.setWord(at, pages + 1);
      found.add(core.verify());
      core.setWord(at, pages);
      expect(core.verify()).toBe(0);
    }
    expect(found).toContain(invariants.INVARIANT_PAGES_IN_USE);
  });
  test("every invariant has its sentence", () => {
    const sentences = Object.values(invariants).map((code) => describeInvariant(code));
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

describe("the checked build names the likely cause", () => {
  const cases: [string, RegExp, (core: Core, object: number) => void][] = [
    [
      "use after free",
      /not the address of a live object/,
      (core, object) => (core.decref(object), core.incref(object)),
    ],
    ["a pointer into an object", /not the address of a live object/, (core, object) => core.incref(object + 8)],
    ["a slot out of range", /slot out of range/, (core, object) => core.setRef(object, 2, 0)],
    ["an unknown type", /unknown type/, (core) => core.alloc(999)],
    [
      "a write past the end",
      /written past its end/,
      (core, object) => (core.setWord(object + 16, 1), core.decref(object)),
    ],
    [
      "a decref too many",
      /no outside reference/,
      (core, object) => {
        const holder = core.alloc(core.typeOf(object));
        core.setRef(holder, 0, object);
        core.decref(object);
        core.decref(object);
      },
    ],
    [
      "a write to freed memory",
      /freed object was written/,
      (core, object) => {
        const type = core.typeOf(object);
        core.decref(object);
        core.setWord(object + 8, 42);
        core.alloc(type);
      },
    ],
  ];
  test.each(cases)("%s", (_, message, misuse) => {
    const core = startCore("checked");
    const object = core.alloc(core.defineType(8, 2, 0));
    expect(() => misuse(core, object)).toThrow(message);
  });
});

test("the verifier refuses a core whose layout it does not know", () => {
  const core = startCore("release");
  core.setWord(core.controlBlock(), 1);
  expect(() => core.verify()).toThrow("memory layout");
});
