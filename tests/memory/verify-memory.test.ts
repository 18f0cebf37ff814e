import { describe, expect, test } from "vitest";
import * as invariants from "../../assembly/invariants.js";
import { FREE_TREES_OFFSET, PAGE_FREE, PAGE_LARGE, PAGE_SPAN, PAGE_TABLE } from "../../src/wasm/core-layout.js";
import type { ControlField } from "../../src/wasm/control-fields.js";
import { addressOf, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";
import { descriptorOf, fieldOf, runsOf } from "../support/pages.js";

const PAGE = 65536;

/** A heap with pages of every kind: full spans, lists of several spans, large blocks, free runs of many lengths, tables. */
function heapOfAllKinds(): Core {
  const core = startCore("release", {}, 3000);
  const type = core.defineType(8, 2, 0);
  const objects = Array.from({ length: 12_000 }, () => core.alloc(type) >>> 0);
  const texts = Array.from({ length: 60 }, () => core.newBytes(9000) >>> 0);
  const large = Array.from({ length: 90 }, (_, i) => core.newBytes((1 + (i % 9)) * PAGE - 24) >>> 0);
  objects.filter((_, i) => i > 5000 && i % 7).forEach((object) => core.decref(object));
  texts.filter((_, i) => i % 5 === 0).forEach((text) => core.decref(text));
  large.filter((_, i) => i % 2).forEach((block) => core.decref(block));
  expect(core.verify()).toBe(0);
  return core;
}

/** What `verify` says while a word is another; a trap is an answer, too. */
function verifyWith(core: Core, address: number, value: number): number | "trap" {
  const before = core.word(address);
  core.setWord(address, value);
  try {
    return core.verify();
  } catch (error) {
    expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
    return "trap";
  } finally {
    core.setWord(address, before);
  }
}

describe("verify finds each wrong number of pages", () => {
  const core = heapOfAllKinds();

  test("counts of pages", () => {
    const cases: [ControlField, number][] = [
      ["freePages", invariants.INVARIANT_FREE_RUNS],
      ["pagesInUse", invariants.INVARIANT_PAGES_IN_USE],
      ["descriptorPages", invariants.INVARIANT_TABLE_PAGES],
      ["bitmapPages", invariants.INVARIANT_TABLE_PAGES],
      ["freeTrees", invariants.INVARIANT_FREE_RUNS],
    ];
    for (const [field, invariant] of cases) {
      const at = addressOf(core, field);
      expect(verifyWith(core, at, core.word(at) + 1), field).toBe(invariant);
      expect([invariant, invariants.INVARIANT_BITMAPS], field).toContain(verifyWith(core, at, core.word(at) - 1));
    }
    expect(verifyWith(core, addressOf(core, "endPage"), fieldOf(core, "endPage") + 1)).not.toBe(0);
    expect(verifyWith(core, addressOf(core, "limitPage"), fieldOf(core, "endPage") - 1)).not.toBe(0);
    expect(core.verify()).toBe(0);
  });

  test("a free run that is in no tree, or in the wrong one", () => {
    const trees = (core.controlBlock() >>> 0) + FREE_TREES_OFFSET;
    for (let tree = 0; tree < 4; tree++) {
      const root = core.word(trees + 4 * tree);
      expect(root).not.toBe(0);
      expect(verifyWith(core, trees + 4 * tree, 0)).toBe(invariants.INVARIANT_FREE_RUNS);
      expect(verifyWith(core, trees + 4 * tree, core.word(trees + 4 * (tree ^ 1)))).toBe(
        invariants.INVARIANT_FREE_RUNS,
      );
    }
  });

  test("a table without a link from its directory", () => {
    const tables = runsOf(core).filter(({ state }) => state === PAGE_TABLE);
    expect(tables.length).toBeGreaterThan(10);
    const [a, b] = tables.slice(-2).map(({ first }) => core.word(descriptorOf(core, first))) as [number, number];
    expect(verifyWith(core, a, core.word(b))).toBe(invariants.INVARIANT_TABLE_PAGES);
    expect(verifyWith(core, a, core.word(a) + PAGE)).toBe(invariants.INVARIANT_TABLE_PAGES);
  });

  // Words of a descriptor that say something of a run of each state.
  const meaningful: [string, number, (used: number) => number[]][] = [
    ["free run", PAGE_FREE, () => [16, 20, 24, 28]],
    ["table", PAGE_TABLE, () => [0, 24, 28]],
    ["large block", PAGE_LARGE, () => [4, 8, 12, 24, 28]],
    // Those of a full span have no links.
    ["span", PAGE_SPAN, (used) => (used >= 0x80000000 ? [0, 4, 8, 12, 24, 28] : [0, 4, 8, 12, 16, 20, 24, 28])],
  ];
  test.each(meaningful)("any word of the descriptor of a %s, with any bit flipped", (_, state, wordsOf) => {
    const runs = runsOf(core).filter((run) => run.state === state);
    expect(runs.length).toBeGreaterThan(3);
    for (const { first } of runs.slice(0, 40)) {
      const at = descriptorOf(core, first);
      for (const offset of wordsOf(core.word(at + 12))) {
        const value = core.word(at + offset);
        for (const bit of [0, 3, 8, 16, 18, 31]) {
          // Bytes that mean nothing: of the state's word all but the state itself, unless it is a span; the block's size.
          const isUnused =
            offset === 24 && (bit >= 24 || (state !== PAGE_SPAN && bit >= (state === PAGE_LARGE ? 16 : 8)));
          const isSize = offset === 28 && bit >= 16 && state !== PAGE_SPAN && state !== PAGE_LARGE;
          if (isUnused || isSize) continue;
          const found = verifyWith(core, at + offset, (value ^ (1 << bit)) >>> 0);
          expect(found, `page ${first}, +${offset}, bit ${bit}`).not.toBe(0);
        }
      }
    }
    expect(core.verify()).toBe(0);
  });

  test("a page inside a run that says otherwise, or that has blocks in use", () => {
    const runs = runsOf(core).filter((run) => run.state === PAGE_LARGE && run.pages > 2);
    for (const { first } of runs) {
      const at = descriptorOf(core, first + 2);
      expect(verifyWith(core, at + 28, 1)).toBe(invariants.INVARIANT_PAGES_TILE);
      expect(verifyWith(core, at + 24, PAGE_FREE)).toBe(invariants.INVARIANT_PAGES_TILE);
      expect(verifyWith(core, at + 12, 1)).toBe(invariants.INVARIANT_PAGES_TILE);
    }
  });
});
