// Lists against Array.

import { describe, test } from "vitest";
import type { Atom, Heap, ListHandle } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";
import { areEqual, atom, isSame, makeItems, mustBe, mustEqual, tupleOf } from "../support/items.js";
import type { Item } from "../support/items.js";
import { pick, runProgram } from "../support/program.js";
import type { Random } from "../support/program.js";

const MAX_LENGTH = 60;

/** A list, and the Array that it should be like. */
class ListProgram {
  readonly #list: ListHandle;
  #array: Item[] = [];
  readonly #items: Item[];

  constructor(
    readonly heap: Heap,
    readonly random: Random,
  ) {
    this.#items = makeItems(heap);
    this.#list = heap.list();
  }

  step(): void {
    const list = this.#list;
    this.#act();
    if (this.#array.length > MAX_LENGTH) {
      const start = this.random(MAX_LENGTH);
      list.removeRange(start);
      this.#array.length = start;
    }
    this.#compare(list, this.#array);
  }

  #compare(list: ListHandle, array: readonly Item[]): void {
    mustEqual(list.length, array.length, "the length");
    let index = 0;
    for (const value of list) mustBe(value, array[index]?.read, `item ${index++}`);
    mustEqual(index, array.length, "the number of items gone through");
  }

  /** An index around the ends, or in between. */
  #index(): number {
    const { length } = this.#array;
    return pick(this.random, [this.random(length + 1), -this.random(length + 2), length, length + 7, -length - 7]);
  }

  #some(): Item[] {
    return Array.from({ length: this.random(12) }, () => pick(this.random, this.#items));
  }

  #act(): void {
    const { random } = this;
    const list = this.#list;
    const array = this.#array;
    const item = pick(random, this.#items);
    const index = this.#index();
    const isThere = index >= -array.length && index < array.length;
    switch (random(17)) {
      case 0:
      case 1:
        list.append(item.value);
        array.push(item);
        break;
      case 2:
        this.#extend();
        break;
      case 3:
        list.insert(index, item.value);
        array.splice(index, 0, item);
        break;
      case 4:
        if (isThere) mustBe(list.pop(index), array.splice(index, 1)[0]?.read, `pop(${index})`);
        else
          mustEqual(
            codeOf(() => list.pop(index)),
            "BAD_INDEX",
            `pop(${index})`,
          );
        break;
      case 5:
        if (array.length > 0) mustBe(list.pop(), array.pop()?.read, "pop()");
        else
          mustEqual(
            codeOf(() => list.pop()),
            "BAD_INDEX",
            "pop()",
          );
        break;
      case 6:
        if (isThere) {
          list.set(index, item.value);
          array.splice(index, 1, item);
        } else
          mustEqual(
            codeOf(() => {
              list.set(index, item.value);
            }),
            "BAD_INDEX",
            `set(${index})`,
          );
        break;
      case 7:
        if (isThere) mustBe(list.get(index), array.at(index)?.read, `get(${index})`);
        else
          mustEqual(
            codeOf(() => list.get(index)),
            "BAD_INDEX",
            `get(${index})`,
          );
        break;
      case 8: {
        const at = array.findIndex((other) => areEqual(item, other));
        mustEqual(list.remove(item.value), at >= 0, "remove");
        if (at >= 0) array.splice(at, 1);
        break;
      }
      case 9: {
        const end = this.#index();
        const gone = new Set(array.map((_, i) => i).slice(index, end));
        list.removeRange(index, end);
        this.#array = array.filter((_, i) => !gone.has(i));
        break;
      }
      case 10: {
        const end = this.#index();
        const slice = list.slice(index, end);
        this.#compare(slice, array.slice(index, end));
        this.#compare(list.slice(index), array.slice(index));
        slice.append(1);
        break;
      }
      case 11: {
        const end = this.#index();
        const inRange = array.map((_, i) => i).slice(index, end);
        const found = inRange.find((i) => areEqual(item, array[i] as Item)) ?? -1;
        mustEqual(list.indexOf(item.value, index, end), found, `indexOf(…, ${index}, ${end})`);
        break;
      }
      case 12:
        mustEqual(
          list.includes(item.value),
          array.some((other) => areEqual(item, other)),
          "includes",
        );
        break;
      case 13:
        list.reverse();
        array.reverse();
        break;
      case 14:
        this.#sort();
        break;
      case 15:
        if (random(3) === 0) {
          list.clear();
          array.length = 0;
        }
        break;
      default:
        this.#change(index);
    }
  }

  #extend(): void {
    const some = this.#some();
    const values = some.map(({ value }) => value);
    switch (this.random(5)) {
      case 0:
        this.#list.extend(this.#list);
        this.#array.push(...this.#array);
        return;
      case 1:
        this.#list.extend(this.heap.tuple(values));
        break;
      case 2:
        this.#list.extend(this.heap.list(values));
        break;
      case 3:
        this.#list.extend(values.values());
        break;
      default:
        this.#list.extend(values);
    }
    this.#array.push(...some);
  }

  /** By a comparator that finds many equal, so that it shows whether those keep their order. */
  #sort(): void {
    const { random } = this;
    const rank = new Map<string, number>();
    const ranked = this.#array.filter(({ read }) => typeof read !== "object");
    for (const { read } of ranked) rank.set(`${typeof read} ${String(read)}`, random(3));
    const rankOf = (read: unknown): number => rank.get(`${typeof read} ${String(read)}`) ?? 1;
    this.#list.sort((a, b) => rankOf(a) - rankOf(b));
    this.#array.sort((a, b) => rankOf(a.read) - rankOf(b.read));
  }

  /** The loop goes on with what is there when it comes by, as Python's. */
  #change(index: number): void {
    const list = this.#list;
    const array = this.#array;
    const stop = this.random(array.length + 1);
    let at = 0;
    for (const value of list) {
      mustBe(value, array[at]?.read, `item ${at} of a list that changes`);
      if (at++ !== stop) continue;
      if (this.random(2)) {
        list.removeRange(index);
        array.splice(index);
      } else {
        list.append(stop);
        array.push(atom(stop));
      }
    }
    mustEqual(at >= array.length, true, "whether the loop came to the end");
  }
}

const compareNumbers = (a: Atom, b: Atom): number => {
  const [x, y] = [a, b].map((value) => (typeof value === "boolean" ? Number(value) : value)) as [number, number];
  return x < y ? -1 : x > y ? 1 : 0;
};
function comparePoints(a: Atom, b: Atom): number {
  const [x, y] = [a, b].map((text) => Array.from(text as string, (char) => char.codePointAt(0) as number)) as [
    number[],
    number[],
  ];
  return compareArrays(x, y);
}
function compareArrays(x: ArrayLike<number>, y: ArrayLike<number>): number {
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return (x[i] as number) - (y[i] as number);
  return x.length - y.length;
}

describe.each(CORES)("lists, %s core", (_, options) => {
  test("behave like an Array under random operations", () => {
    runProgram(options(), { seeds: 4, steps: 600, firstSeed: 100 }, (heap, random) => {
      const program = new ListProgram(heap, random);
      return () => {
        program.step();
      };
    });
  });

  test("sort like Python, and keep the order of equal items", () => {
    const numbers = [
      1,
      true,
      1n,
      0,
      false,
      0n,
      -0,
      0.5,
      2n ** 53n,
      2 ** 53,
      2n ** 53n + 1n,
      -7,
      1e300,
      -1e300,
      Infinity,
      -(2n ** 63n),
    ];
    const texts = [
      "",
      "a",
      "b",
      "ab",
      "é",
      "\uffff",
      "\ue000",
      "😀",
      "\u{10ffff}",
      "a\0",
      "日本",
      "😀a",
      "😀\ud83d\ude01",
    ];
    const bytes = [[], [0], [0, 0], [255], [1, 2], [1]].map((some) => Uint8Array.from(some));
    runProgram(options(), { seeds: 2, steps: 150, firstSeed: 200 }, (heap, random) => () => {
      const sortsAs = <T extends Atom>(from: readonly T[], compare: (a: T, b: T) => number): void => {
        const values = Array.from({ length: random(40) }, () => pick(random, from));
        const list = heap.list(values);
        list.sort();
        values.sort(compare);
        values.forEach((value, i) => {
          mustBe(list.get(i), value, `item ${i}`);
        });
        mustEqual(list.length, values.length, "the length");
      };
      sortsAs(numbers, compareNumbers);
      sortsAs(texts, comparePoints);
      sortsAs(bytes, (a, b) => compareArrays(a, b));
    });
  });

  test("sort tuples by their items, and reject values that Python cannot compare", () => {
    runProgram(options(), { seeds: 1, steps: 60, firstSeed: 300 }, (heap, random) => () => {
      const pairs = Array.from(
        { length: random(20) },
        () => [random(3), pick(random, ["", "a", "b", "😀", "\uffff"])] as const,
      );
      const tuples = pairs.map((pair) => tupleOf(heap, pair.map(atom)));
      const list = heap.list(tuples.map(({ value }) => value));
      list.sort();
      const order = pairs.map((_, i) => i);
      order.sort((i, j) => {
        const [a, b] = [pairs[i], pairs[j]] as [readonly [number, string], readonly [number, string]];
        return a[0] - b[0] || comparePoints(a[1], b[1]);
      });
      order.forEach((from, to) => {
        mustBe(list.get(to), tuples[from]?.read, `item ${to}`);
      });
      const mixed = [1, "a", null, ...pairs.map(([n]) => n)];
      const refused = heap.list(mixed);
      mustEqual(
        codeOf(() => {
          refused.sort();
        }),
        "BAD_VALUE",
        "sorting what cannot be compared",
      );
      mixed.forEach((value, i) => {
        mustBe(refused.get(i), value, `item ${i} of what could not be sorted`);
      });
    });
  });

  test("grow to a hundred thousand items and shrink to none", () => {
    runProgram(options(), { seeds: 1, steps: 1, firstSeed: 400 }, (heap, random) => () => {
      const list = heap.list();
      const array: number[] = [];
      const before = heap.stats().bytes.live;
      while (array.length < 100_000) {
        array.push(random(1000));
        list.append(array.at(-1) as number);
      }
      list.insert(-99_999, -1);
      array.splice(-99_999, 0, -1);
      heap.verify();
      const slice = list.slice(50_000, 50_100);
      mustEqual(slice.repr(), `[${array.slice(50_000, 50_100).join(", ")}]`, "a slice");
      slice.release();
      list.sort();
      array.sort((a, b) => a - b);
      list.removeRange(10, -10);
      array.splice(10, array.length - 20);
      mustEqual(list.repr(), `[${array.join(", ")}]`, "the list");
      while (array.length > 0) mustEqual(isSame(list.pop(), array.pop()), true, "what was popped");
      mustEqual(heap.stats().bytes.live, before, "bytes in use");
    });
  });
});
