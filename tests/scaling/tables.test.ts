// The tables of the core beside its objects, and its pages: outside references that a header cannot count, interned
// strings, types, free blocks and free runs of pages.

import { describe, expect, test } from "vitest";
import type { Heap } from "../../src/index.js";
import { CONSTANT, MODES, SORTED, expectGrowth, settle } from "../support/growth.js";
import type { Scene } from "../support/growth.js";
import { Maker } from "../support/shapes.js";
import type { Address } from "../support/shapes.js";
import { storeOf } from "../support/work.js";

/** Outside references that a header cannot count. */
const MANY_ROOTS = 300;
const PAGE = 65_536;

type Scenes = Record<string, Scene<Address[]>>;

const nodes = (heap: Heap, n: number): Address[] => new Maker(heap).nodes(n);
const each = (addresses: readonly Address[], times: number, run: (address: Address) => void): void => {
  for (const address of addresses) for (let i = 0; i < times; i++) run(address);
};

/** Blocks of pages of their own. */
function runs(heap: Heap, pages: readonly number[]): Address[] {
  const { core } = storeOf(heap);
  return pages.map((count) => core.newBytes(count * PAGE - 1024) >>> 0);
}

/** Every other of `n` blocks of so many pages is freed: n / 2 free runs of one length. */
function holes(heap: Heap, n: number, pages: number): Address[] {
  const { core } = storeOf(heap);
  const blocks = runs(
    heap,
    Array.from({ length: 2 * n }, (_, at) => (at % 2 ? 1 : pages)),
  );
  blocks.forEach((block, at) => {
    if (at % 2 === 0) core.decref(block);
  });
  return blocks.filter((_, at) => at % 2);
}

const SCENES: Scenes = {
  "n objects get 300 outside references each": {
    n: 256,
    make: nodes,
    work: (heap, made) => {
      each(made, MANY_ROOTS, (object) => storeOf(heap).core.incref(object));
    },
  },
  "n objects lose 300 outside references each, the oldest first": {
    n: 256,
    make: (heap, n) => {
      const made = nodes(heap, n);
      each(made, MANY_ROOTS, (object) => storeOf(heap).core.incref(object));
      return made;
    },
    work: (heap, made) => {
      each(made, MANY_ROOTS, (object) => {
        storeOf(heap).core.decref(object);
      });
    },
  },
  "n objects lose 300 outside references each, in turn": {
    n: 256,
    make: (heap, n) => {
      const made = nodes(heap, n);
      each(made, MANY_ROOTS, (object) => storeOf(heap).core.incref(object));
      return made;
    },
    work: (heap, made) => {
      for (let i = 0; i < MANY_ROOTS; i++)
        each(made, 1, (object) => {
          storeOf(heap).core.decref(object);
        });
    },
  },
  "n strings are interned, and asked for again": {
    n: 2048,
    make: () => [],
    work: (heap, made, n) => {
      for (let i = 0; i < n; i++) heap.intern(`text ${i}`);
      for (let i = 0; i < n; i++) heap.intern(`text ${i}`);
    },
  },
  "n interned strings die, the oldest first": {
    n: 2048,
    make: (heap, n) => Array.from({ length: n }, (_, i) => held(heap, heap.intern(`text ${i}`))),
    work: (heap, made) => {
      new Maker(heap).drop(made);
    },
  },
  "n interned strings die, the newest first": {
    n: 2048,
    make: (heap, n) => Array.from({ length: n }, (_, i) => held(heap, heap.intern(`text ${i}`))),
    work: (heap, made) => {
      new Maker(heap).drop(made.reverse());
    },
  },
  "n strings are interned and die at once, beside as many that live": {
    n: 2048,
    make: (heap, n) => Array.from({ length: n }, (_, i) => held(heap, heap.intern(`text ${i}`))),
    work: (heap, made, n) => {
      for (let i = 0; i < n; i++) heap.intern(`other ${i}`).release();
    },
  },
  "n types are defined": {
    n: 1024,
    make: () => [],
    work: (heap, made, n) => {
      for (let i = 0; i < n; i++) storeOf(heap).core.defineType(8, i % 3, 0);
    },
  },
  "n types are defined, each with an object that lives": {
    n: 1024,
    make: () => [],
    work: (heap, made, n) => {
      const { core } = storeOf(heap);
      for (let i = 0; i < n; i++) core.alloc(core.defineType(8, 2, 0));
    },
  },
  "n objects die and are born again in the same blocks, every other": {
    n: 8192,
    make: nodes,
    work: (heap, made) => {
      const maker = new Maker(heap);
      maker.drop(made.filter((_, at) => at % 2));
      settle(heap);
      maker.nodes(made.length / 2);
    },
  },
  "n objects die in one place and n of another size are born": {
    n: 8192,
    make: nodes,
    work: (heap, made, n) => {
      const maker = new Maker(heap);
      maker.drop(made);
      for (let i = 0; i < n; i++) maker.box();
    },
  },
  "n objects die, of which one in each page is left, and n of another size are born": {
    n: 8192,
    make: (heap, n) => nodes(heap, n),
    work: (heap, made, n) => {
      const maker = new Maker(heap);
      maker.drop(made.filter((_, at) => at % 2000));
      for (let i = 0; i < n; i++) maker.box();
    },
  },
  "n blocks of a page are freed and taken again": {
    n: 128,
    make: (heap, n) =>
      runs(
        heap,
        Array.from({ length: n }, () => 1),
      ),
    work: (heap, made) => {
      new Maker(heap).drop(made);
      runs(
        heap,
        made.map(() => 1),
      );
    },
  },
  "n free runs of 2 pages are filled with blocks of 2": {
    n: 128,
    make: (heap, n) => holes(heap, n, 2),
    work: (heap, made) => {
      runs(
        heap,
        made.map(() => 2),
      );
    },
  },
  "n blocks of 3 pages are taken beside n free runs of 2": {
    n: 128,
    make: (heap, n) => holes(heap, n, 2),
    work: (heap, made) => {
      runs(
        heap,
        made.map(() => 3),
      );
    },
  },
  "n blocks of 18 pages are taken beside n free runs of 17": {
    n: 64,
    make: (heap, n) => holes(heap, n, 17),
    work: (heap, made) => {
      runs(
        heap,
        made.map(() => 18),
      );
    },
  },
  "n blocks of 18 pages are taken from n free runs of 19": {
    n: 64,
    make: (heap, n) => holes(heap, n, 19),
    work: (heap, made) => {
      runs(
        heap,
        made.map(() => 18),
      );
    },
  },
  "n blocks of a page, freed in random order, become one run": {
    n: 128,
    make: (heap, n) =>
      runs(
        heap,
        Array.from({ length: n }, () => 1),
      ),
    work: (heap, made) => {
      const maker = new Maker(heap);
      for (const residue of [3, 0, 2, 1]) maker.drop(made.filter((_, at) => at % 4 === residue));
    },
  },
};

function held(heap: Heap, handle: { address: Address; release(): void }): Address {
  const { address } = handle;
  storeOf(heap).core.incref(address);
  handle.release();
  return address;
}

describe.each(MODES)("tables and pages, %s pauses: in proportion to n", (pauses) => {
  test.each(Object.entries(SCENES))("%s", async (_, scene) => {
    // The best of many free runs takes a logarithm of them to find.
    await expectGrowth(scene, pauses, SORTED);
  });
});

test("an object is born at the same price beside n free runs, n types, n interned strings, n counts in the side table", async () => {
  const prepare: ((heap: Heap, n: number) => void)[] = [
    (heap, n) => holes(heap, n, 2),
    (heap, n) => {
      for (let i = 0; i < 16 * n; i++) storeOf(heap).core.defineType(8, 2, 0);
    },
    (heap, n) => {
      for (let i = 0; i < 64 * n; i++) heap.intern(`text ${i}`);
    },
    (heap, n) => {
      each(nodes(heap, 4 * n), MANY_ROOTS, (object) => storeOf(heap).core.incref(object));
    },
  ];
  expect(prepare).toHaveLength(4);
  for (const make of prepare) {
    const scene: Scene<void> = {
      n: 64,
      make,
      work: (heap) => {
        const { core } = storeOf(heap);
        const type = core.defineType(8, 2, 0);
        for (let i = 0; i < 10_000; i++) core.decref(core.alloc(type));
      },
    };
    await expectGrowth(scene, "unbounded", CONSTANT);
  }
});
