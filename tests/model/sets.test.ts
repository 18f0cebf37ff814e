// Sets against Set, of normal forms.

import { describe, test } from "vitest";
import { SetHandle } from "../../src/index.js";
import type { Heap } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";
import { atom, makeItems, mustBe, mustEqual } from "../support/items.js";
import type { Item } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";
import type { Random } from "../support/program.js";
import { PythonDict } from "../support/python-dict.js";

const NOTHING = atom(null);

class SetProgram {
  readonly #set: SetHandle;
  #model = new PythonDict();
  readonly #items: Item[];

  constructor(
    readonly heap: Heap,
    readonly random: Random,
  ) {
    this.#items = makeItems(heap);
    for (let i = 1; i < 20; i++) this.#items.push(atom(i << 12), atom(BigInt(i) << 40n));
    this.#set = heap.set();
  }

  step(): void {
    this.#act();
    const elements = [...this.#model.entries.values()];
    mustEqual(this.#set.size, elements.length, "the length");
    let at = 0;
    for (const element of this.#set) mustBe(element, elements[at++]?.[0].read, `element ${at - 1}`);
    mustEqual(at, elements.length, "the number of elements gone through");
  }

  #act(): void {
    const { random } = this;
    const set = this.#set;
    const model = this.#model;
    const item = pick(random, this.#items);
    if (!item.isHashable) {
      const { value } = item;
      // A set is looked up as the frozenset that is equal to it.
      const isSet = value instanceof SetHandle;
      if (isSet) {
        mustEqual(set.has(value), model.find(item) !== undefined, "has, of a set");
        if (random(2)) mustEqual(set.delete(value), model.delete(item), "delete, of a set");
      }
      for (const use of [
        () => set.add(value),
        ...(isSet ? [] : [() => set.has(value), () => set.delete(value)]),
        () => {
          set.update([value]);
        },
      ])
        mustEqual(codeOf(use), "BAD_KEY", "the use of an element that is none");
      return;
    }
    switch (random(10)) {
      case 0:
      case 1:
      case 2:
        mustEqual(set.add(item.value) === set, true, "what add returns");
        model.set(item, NOTHING);
        break;
      case 3:
      case 4:
        mustEqual(set.delete(item.value), model.delete(item), "delete");
        break;
      case 5:
        mustEqual(set.has(item.value), model.find(item) !== undefined, "has");
        break;
      case 6: {
        const last = model.popItem();
        if (last === undefined)
          mustEqual(
            codeOf(() => set.pop()),
            "BAD_INDEX",
            "pop from nothing",
          );
        else mustBe(set.pop(), last[0].read, "pop");
        break;
      }
      case 7: {
        const some = Array.from({ length: random(9) }, () => pick(random, this.#items)).filter(
          ({ isHashable }) => isHashable,
        );
        const values = some.map(({ value }) => value);
        set.update(pick(random, [values, this.heap.list(values), this.heap.tuple(values)]));
        for (const element of some) model.set(element, NOTHING);
        break;
      }
      case 8:
        if (random(4) > 0) break;
        set.clear();
        this.#model = new PythonDict();
        break;
      default:
        this.#changeMeanwhile(item);
    }
  }

  #changeMeanwhile(item: Item): void {
    const model = this.#model;
    if (model.entries.size === 0) return;
    const at = this.random(model.entries.size);
    const isThere = model.find(item) !== undefined;
    let seen = 0;
    const code = codeOf(() => {
      for (const _ of this.#set) {
        if (seen++ !== at) continue;
        if (isThere) this.#set.delete(item.value);
        else this.#set.add(item.value);
      }
    });
    mustEqual(code, "CONTAINER_CHANGED", "a loop over a set that changes");
    mustEqual(seen, at + 1, "elements gone through before the change");
    if (isThere) model.delete(item);
    else model.set(item, NOTHING);
  }
}

describe.each(CORES)("sets, %s core", (_, options) => {
  test("behave like Python's, in insertion order", () => {
    runProgram(options(), { seeds: 4, steps: 700, firstSeed: 700 }, (heap, random) => {
      const program = new SetProgram(heap, random);
      return () => {
        program.step();
      };
    });
  });

  // An index of one-, two- and four-byte cells.
  test("of 50,000 elements behave like a Set", () => {
    runProgram(options(), { seeds: 1, steps: 1, firstSeed: 800 }, (heap, random) => () => {
      const set = heap.set();
      const before = heap.stats();
      const model = new Set<number | string>();
      const compare = (): void => {
        mustEqual(set.size, model.size, "the length");
        const elements = set.values();
        for (const element of model) if (elements.next().value !== element) throw new Error(`${element} is another`);
        heap.verify();
      };
      const element = (): number | string => {
        const n = random(120_000) - 60_000;
        return n % 3 ? n * 2 ** (n & 31) : `${n}`;
      };
      for (const size of [100, 180, 30_000, 50_000]) {
        while (model.size < size) {
          const one = element();
          set.add(one);
          model.add(one);
          const other = element();
          mustEqual(set.delete(other), model.delete(other), "delete");
        }
        compare();
      }
      for (const one of [...model]) if (random(1000)) mustEqual(set.delete(one), model.delete(one), "delete");
      compare();
      set.clear();
      mustEqual(heap.stats().objects, before.objects, "objects at the end");
      mustEqual(heap.stats().bytes.live, before.bytes.live, "bytes at the end");
    });
  });
});
