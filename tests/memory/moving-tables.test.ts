import { restoreSync, save } from "../../src/image.js";
import { describe, expect, test } from "vitest";
import { PHASE_IDLE } from "../../assembly/layout.js";
import { checksumOf } from "../../src/image/checksum.js";
import { SECTIONS, readFrame } from "../../src/image/format.js";
import { Heap } from "../../src/index.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";
import { CORES } from "../support/heap.js";
import { fieldOf, largestPossible, tablesOf } from "../support/pages.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

const PAGE = 65536;
const OVERHEAD = 24;

function takePages(core: Core, pages: number): number {
  return core.newBytes(pages * PAGE - OVERHEAD) >>> 0;
}

/** Takes all that can be had in one piece, for a moment. How many tables moved. */
function pushTables(core: Core): number {
  const before = new Set(tablesOf(core));
  const block = takePages(core, largestPossible(core));
  if (block) core.decref(block);
  return tablesOf(core).filter((page) => !before.has(page)).length;
}

describe.each(BUILDS)("tables that move, %s build", (build) => {
  test("a bounded cycle under way is not disturbed: marks move with their tables", () => {
    const first = seedOf(1);
    for (let seed = first; seed < first + howMany(2); seed++) {
      const random = seededRandom(seed);
      const core = startCore(build, {}, 900);
      core.setBounded(1);
      core.setThresholds(1_000_000_000, 10, 10);
      const type = core.defineType(8, 2, 0);
      const large: number[] = [];
      const roots: number[] = [];
      let alive = 0;
      // Chains that are held, rings that nothing holds, and pages between them.
      for (let i = 0; i < 60; i++) {
        large.push(takePages(core, 1 + random(20)));
        const head = core.alloc(type) >>> 0;
        const length = 1 + random(80);
        let last = head;
        for (let n = 1; n < length; n++) {
          const next = core.alloc(type) >>> 0;
          core.setRef(last, 0, next);
          core.setRef(next, 1, head);
          core.decref(next);
          last = next;
        }
        core.setRef(last, 0, head);
        if (i % 3) {
          roots.push(head);
          alive += length;
        } else core.decref(head);
      }
      core.collect(1);
      const moved = new Map<number, number>();
      for (let step = 0; core.step(40) || fieldOf(core, "phase") !== PHASE_IDLE; step++) {
        const where = `seed ${seed}, step ${step}`;
        const phase = fieldOf(core, "phase");
        if (random(4) === 0) {
          const free = large.splice(random(large.length), random(30));
          free.forEach((block) => core.decref(block));
          moved.set(phase, (moved.get(phase) ?? 0) + pushTables(core));
          for (let n = random(20); n > 0; n--) {
            const block = takePages(core, 1 + random(12));
            if (block) large.push(block);
          }
        }
        if (roots.length > 30 && random(3) === 0) {
          // The barrier marks what loses a reference.
          const object = roots[random(roots.length)] as number;
          const other = roots[random(roots.length)] as number;
          core.setRef(object, 1, other);
        }
        expect(core.verify(), where).toBe(0);
        expect(step, where).toBeLessThan(100_000);
      }
      expect(
        [...moved].filter(([phase, tables]) => phase !== PHASE_IDLE && tables > 0).length,
        `seed ${seed}`,
      ).toBeGreaterThan(0);
      large.forEach((block) => core.decref(block));
      expect(liveObjects(core), `seed ${seed}`).toBe(IMMORTALS + alive);
      roots.forEach((root) => core.decref(root));
      core.setBounded(0);
      core.collect(2);
      expect(core.verify()).toBe(0);
      expect(liveObjects(core), `seed ${seed}`).toBe(IMMORTALS);
    }
  });

  test("a finalizer and a callback may move tables in the middle of a collection", () => {
    let core: Core;
    let moved = 0;
    const push = (): void => {
      moved += pushTables(core);
      expect(core.verify()).toBe(0);
    };
    core = startCore(build, { finalize: push, callback: push }, 1200);
    const type = core.defineType(8, 2, 1);
    const plain = core.defineType(8, 2, 0);
    for (const bounded of [0, 1]) {
      core.setBounded(bounded);
      const large: number[] = [];
      for (let i = 0; i < 40; i++) {
        large.push(takePages(core, 1 + (i % 17)));
        const object = core.alloc(i % 2 ? type : plain) >>> 0;
        const other = core.alloc(plain) >>> 0;
        core.setRef(object, 0, other);
        core.setRef(other, 0, object);
        if (i % 4 === 0) core.decref(core.newWeakref(object, 0));
        if (i % 4 === 1) core.newWeakref(object, 7);
        core.decref(object);
        core.decref(other);
        if (i % 3 === 0) core.decref(large.splice(i % large.length, 1)[0] as number);
      }
      core.collect(2);
      core.settle();
      large.forEach((block) => core.decref(block));
      expect(core.verify()).toBe(0);
    }
    expect(moved).toBeGreaterThan(0);
  });
});

/** All of an image but who held what: handles are numbered by how they came. */
function contentOf(image: Uint8Array): string[] {
  const { sections } = readFrame(image);
  return SECTIONS.filter((name) => name !== "HAND").map((name) => checksumOf(sections[name].bytes).toString(16));
}

describe.each(CORES)("images of heaps whose tables have moved, %s core", (_, options) => {
  test("a restored heap verifies, takes the same pages, and saves the same image", () => {
    const first = seedOf(1);
    for (let seed = first; seed < first + howMany(3); seed++) {
      const random = seededRandom(seed);
      const pages = [100, 800, 2600][seed % 3] as number;
      const heap = Heap.createSync({ ...options(), maxBytes: (2 * pages + 400) * PAGE });
      heap.gc.disable();
      const { core } = heap.none.store;
      const kept: number[] = [];
      const large: number[] = [];
      const most = (): number => largestPossible(core);
      for (let n = 0; n < pages;) {
        const size = 1 + random(pages >>> 4);
        large.push(core.newBytes(size * PAGE - OVERHEAD) >>> 0);
        n += size;
        for (let i = 0; i < 30; i++) kept.push(core.newBytes(random(3000)) >>> 0);
      }
      large.forEach((block) => core.decref(block));
      const before = new Set(tablesOf(core));
      const block = core.newBytes(most() * PAGE - OVERHEAD) >>> 0;
      expect(block).not.toBe(0);
      core.decref(block);
      expect(tablesOf(core).filter((page) => !before.has(page)).length, `seed ${seed}`).toBeGreaterThan(0);
      kept.splice(0, kept.length >>> 1).forEach((address) => core.decref(address));
      const list = heap.list();
      for (let i = 0; i < 500; i++) list.append(`text ${i}`);
      heap.roots.set("list", list);
      heap.verify();
      const image = save(heap);
      const restored = restoreSync(image, options());
      restored.verify();
      expect(contentOf(save(restored)), `seed ${seed}`).toEqual(contentOf(image));
      const twin = restored.none.store.core;
      for (let i = 0; i < 300; i++) {
        const size = [random(100), random(20_000), random(4 * PAGE)][random(3)] as number;
        expect(twin.newBytes(size), `seed ${seed}, step ${i}`).toBe(core.newBytes(size));
      }
      restored.verify();
      heap.verify();
    }
  });
});
