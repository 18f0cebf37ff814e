// Dicts against a Map of normal forms.

import { describe, test } from "vitest";
import type { DictHandle, Heap, Value } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { ATOMS, atom, makeItems, mustBe, mustEqual } from "../support/items.js";
import type { Item } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";
import type { Random } from "../support/program.js";
import { PythonDict } from "../support/python-dict.js";

class DictProgram {
  readonly #dict: DictHandle;
  #model = new PythonDict();
  readonly #items: Item[];

  constructor(
    readonly heap: Heap,
    readonly random: Random,
  ) {
    this.#items = [...makeItems(heap), ...collidingInts().map(atom)];
    this.#dict = heap.dict();
  }

  step(): void {
    this.#act();
    this.#compare();
  }

  #compare(): void {
    const entries = [...this.#model.entries.values()];
    mustEqual(this.#dict.size, entries.length, "the length");
    let at = 0;
    for (const [key, value] of this.#dict) {
      mustBe(key, entries[at]?.[0].read, `key ${at}`);
      mustBe(value, entries[at]?.[1].read, `value ${at++}`);
    }
    mustEqual(at, entries.length, "the number of entries gone through");
  }

  #key(): Item {
    const { random } = this;
    const there = [...this.#model.entries.values()];
    return there.length > 0 && random(3) === 0 ? pick(random, there)[0] : pick(random, this.#items);
  }

  #act(): void {
    const { random } = this;
    const dict = this.#dict;
    const model = this.#model;
    const key = this.#key();
    if (!key.isHashable) {
      this.#refuses(key.value);
      return;
    }
    const value = pick(random, this.#items);
    const found = model.find(key);
    switch (random(15)) {
      case 0:
      case 1:
      case 2:
      case 3:
        mustEqual(dict.set(key.value, value.value) === dict, true, "what set returns");
        model.set(key, value);
        break;
      case 4:
      case 5:
        mustEqual(dict.delete(key.value), found !== undefined, "delete");
        model.delete(key);
        break;
      case 6:
        mustBe(dict.get(key.value), found?.[1].read, "get");
        break;
      case 7:
        mustEqual(dict.has(key.value), found !== undefined, "has");
        break;
      case 8:
        mustBe(dict.pop(key.value, "none"), found === undefined ? "none" : found[1].read, "pop");
        model.delete(key);
        break;
      case 9:
        this.#popItem();
        break;
      case 10:
        if (Number.isNaN(key.read)) break; // what is set is not found: see the test of its own
        mustBe(dict.setDefault(key.value, value.value), (found?.[1] ?? value).read, "setDefault");
        if (found === undefined) model.set(key, value);
        break;
      case 11:
        this.#update();
        break;
      case 12:
        if (random(4) > 0) break;
        dict.clear();
        this.#model = new PythonDict();
        break;
      case 13:
        this.#changeMeanwhile(key, value);
        break;
      default:
        this.#compareViews();
    }
  }

  #refuses(key: Value): void {
    const dict = this.#dict;
    const uses = [() => dict.set(key, 1), () => dict.get(key), () => dict.has(key), () => dict.delete(key)];
    for (const use of [...uses, () => dict.pop(key), () => dict.setDefault(key, 1), () => dict.update([[key, 1]])])
      mustEqual(codeOf(use), "BAD_KEY", "the use of a key that is none");
  }

  #popItem(): void {
    const last = this.#model.popItem();
    if (last === undefined) {
      mustEqual(
        codeOf(() => this.#dict.popItem()),
        "BAD_INDEX",
        "popItem from nothing",
      );
      return;
    }
    const [key, value] = this.#dict.popItem();
    mustBe(key, last[0].read, "the key popped");
    mustBe(value, last[1].read, "the value popped");
  }

  #update(): void {
    const { random } = this;
    const some = Array.from(
      { length: random(8) },
      () => [pick(random, this.#items), pick(random, this.#items)] as const,
    ).filter(([key]) => key.isHashable && !Number.isNaN(key.read));
    const pairs = some.map(([key, value]) => [key.value, value.value] as const);
    switch (random(4)) {
      case 0:
        this.#dict.update(pairs);
        break;
      case 1:
        this.#dict.update(this.heap.dict(pairs));
        break;
      case 2: {
        this.#dict.update({ a: 1, "": null });
        this.#model.set(atom("a"), atom(1));
        this.#model.set(atom(""), atom(null));
        return;
      }
      default:
        this.#dict.update(pairs.values());
    }
    if (some.length === 0) return;
    const viaDict = new PythonDict();
    for (const [key, value] of some) viaDict.set(key, value);
    // By way of a dict or not: the same keys stay, in the same order.
    for (const [key, value] of viaDict.entries.values()) this.#model.set(key, value);
  }

  /** Another value for a key is no change; a key that comes or goes is. */
  #changeMeanwhile(key: Item, value: Item): void {
    const dict = this.#dict;
    const model = this.#model;
    const entries = [...model.entries.values()];
    if (entries.length === 0) return;
    const at = this.random(entries.length);
    const [there] = entries[at] as [Item, Item];
    let seen = 0;
    const isNan = Number.isNaN(there.read);
    for (const _ of dict) if (seen++ === at && !isNan) dict.set(there.value, value.value);
    if (!isNan) model.set(there, value);
    mustEqual(seen, entries.length, "entries gone through, although one got another value");
    const changes = model.find(key) === undefined;
    const view = pick(this.random, [() => dict.keys(), () => dict.values(), () => dict.entries()]);
    seen = 0;
    const code = codeOf(() => {
      for (const _ of view()) {
        if (seen++ !== at) continue;
        if (changes) dict.set(key.value, 1);
        else dict.delete(key.value);
      }
    });
    mustEqual(code, "CONTAINER_CHANGED", "a loop over a dict that changes");
    mustEqual(seen, at + 1, "entries gone through before the change");
    if (changes) model.set(key, atom(1));
    else model.delete(key);
  }

  #compareViews(): void {
    const entries = [...this.#model.entries.values()];
    const keys = [...this.#dict.keys()];
    const values = [...this.#dict.values()];
    mustEqual(keys.length, entries.length, "the number of keys");
    entries.forEach(([key, value], i) => {
      mustBe(keys[i], key.read, `key ${i}`);
      mustBe(values[i], value.read, `value ${i}`);
    });
  }
}

/** Their low bits are the same, so that they meet in a small index. */
function collidingInts(): number[] {
  return Array.from({ length: 24 }, (_, i) => (i % 2 ? 1 : -1) * (i + 1) * 2 ** (6 + (i % 4) * 8));
}

describe.each(CORES)("dicts, %s core", (_, options) => {
  test("behave like Python's under random operations", () => {
    runProgram(options(), { seeds: 4, steps: 900, firstSeed: 500 }, (heap, random) => {
      const program = new DictProgram(heap, random);
      return () => {
        program.step();
      };
    });
  });

  test("distinguish every pair of atoms like Python", () => {
    withHeap(options(), (heap) => {
      const items = [...ATOMS, ...collidingInts()].map(atom);
      for (const a of items) {
        const dict = heap.dict([[a.value, "there"]]);
        const set = heap.set([a.value]);
        for (const b of items) {
          const isEqual = a.key === b.key && a.key !== "nan";
          mustEqual(dict.has(b.value), isEqual, `has(${b.key.slice(0, 30)}) of {${a.key.slice(0, 30)}}`);
          mustEqual(set.has(b.value), isEqual, `has(${b.key.slice(0, 30)}) of set {${a.key.slice(0, 30)}}`);
        }
        dict.release();
        set.release();
      }
    });
  });

  // Cells of the index have one byte up to 170 entries, two up to 43,690, and then four.
  test.each([171, 43_691])("grow past %i entries, and continue after half of them are deleted", (edge) => {
    runProgram(options(), { seeds: 1, steps: 1, firstSeed: 600 + edge }, (heap, random) => () => {
      const keyAt = (i: number): Value => [i, `key ${i}`, -i * 2 ** 33, i + 0.5][i % 4] as Value;
      const dict = heap.dict();
      const before = heap.stats();
      const model = new Map<number, number>();
      const compare = (): void => {
        mustEqual(dict.size, model.size, "the length");
        let rest = dict.entries();
        for (const [i, value] of model) {
          const [key, found] = rest.next().value as [Value, Value];
          if (key !== keyAt(i) || found !== value) throw new Error(`entry ${i} is another`);
        }
        mustEqual(rest.next().done === true, true, "whether that was all");
        for (let n = 0; n < 2000; n++) {
          const i = random(edge + 200);
          if (dict.get(keyAt(i)) !== model.get(i)) throw new Error(`get(${String(keyAt(i))})`);
        }
        heap.verify();
      };
      for (let i = 0; i < edge - 1; i++) model.set(i, i);
      for (const i of model.keys()) dict.set(keyAt(i), i);
      compare();
      for (let i = edge - 1; i < edge + 100; i++) {
        model.set(i, i);
        dict.set(keyAt(i), i);
      }
      compare();
      for (const i of [...model.keys()]) {
        if (random(2)) continue;
        model.delete(i);
        mustEqual(dict.delete(keyAt(i)), true, "delete");
      }
      compare();
      for (let i = edge + 199; i >= 0; i -= 3) {
        model.set(i, -i);
        dict.set(keyAt(i), -i);
      }
      compare();
      while (model.size > 90) {
        const [last] = [...model.keys()].slice(-1) as [number];
        for (const i of model.size > 1000 ? [...model.keys()].slice(90).reverse() : [last]) {
          const [key] = dict.popItem();
          if (key !== keyAt(i)) throw new Error(`popItem gave ${String(key)}`);
          model.delete(i);
        }
      }
      compare();
      for (const i of [...model.keys()]) dict.delete(keyAt(i));
      mustEqual(dict.size, 0, "the length at the end");
      const after = heap.stats();
      mustEqual(after.objects, before.objects, "objects at the end");
      mustEqual(after.bytes.live, before.bytes.live, "bytes at the end");
    });
  });

  test("do not grow when keys are added and deleted without end", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict();
      for (let i = 0; i < 10_000; i++) {
        dict.set(i, i);
        if (i >= 5) dict.delete(i - 5);
      }
      mustEqual(dict.size, 5, "the length");
      mustEqual([...dict.keys()].join(), "9995,9996,9997,9998,9999", "the keys");
      mustEqual(dict.byteSize < 1000, true, "whether it is small");
    });
  });
});
