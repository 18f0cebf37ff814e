import { describe, expect, test } from "vitest";
import { PAGE_FREE, PAGE_LARGE, PAGE_SPAN } from "../../src/wasm/core-layout.js";
import { BUILDS, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";
import { descriptorOf, fieldOf, freeTreesOf, largestPossible, runsOf, tablesOf } from "../support/pages.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

const PAGE = 65536;
/** Bytes of a `bytes` object that are not its content, with room for a guard. */
const OVERHEAD = 24;

/** A block that fills so many pages, as an object's address; 0 = out of memory. */
function takePages(core: Core, pages: number): number {
  return core.newBytes(pages * PAGE - OVERHEAD) >>> 0;
}

/** Blocks, with the content that each must have. */
class Blocks {
  readonly live: { address: number; size: number; stamp: number }[] = [];
  #stamps = 0;

  constructor(
    readonly core: Core,
    readonly where: () => string,
  ) {}

  take(size: number): boolean {
    const address = this.core.newBytes(size) >>> 0;
    if (address === 0) return false;
    const stamp = 1 + (this.#stamps++ % 255);
    this.#ends({ address, size }).forEach((end) => end.fill(stamp));
    this.live.push({ address, size, stamp });
    return true;
  }

  free(index: number): void {
    const [block] = this.live.splice(index, 1);
    if (!block) throw new Error("no such block");
    this.#check(block);
    this.core.decref(block.address);
  }

  check(): void {
    for (const block of this.live) this.#check(block);
    const ranges = this.live
      .map(({ address, size }) => [address, address + 16 + size])
      .sort(([a = 0], [b = 0]) => a - b);
    for (let i = 1; i < ranges.length; i++)
      if ((ranges[i - 1]?.[1] ?? 0) > (ranges[i]?.[0] ?? 0)) throw new Error(`${this.where()}: blocks overlap`);
  }

  #check(block: { address: number; size: number; stamp: number }): void {
    if (!this.#ends(block).every((end) => end.every((byte) => byte === block.stamp)))
      throw new Error(`${this.where()}: a block of ${block.size} bytes was overwritten`);
  }

  /** The first and last bytes of a block's content. */
  #ends({ address, size }: { address: number; size: number }): Uint8Array[] {
    const part = Math.min(size, 256);
    return [16, 16 + size - part].map((at) => new Uint8Array(this.core.memory.buffer, address + at, part));
  }
}

describe.each(BUILDS)("pages, %s build", (build) => {
  test("a heap emptied of small objects serves one block of all its free pages", () => {
    for (const limit of build === "release" ? [20, 64, 100, 700, 2100, 4096] : [20, 64, 700]) {
      const core = startCore(build, {}, limit);
      const type = core.defineType(1000, 1, 0);
      core.setEnabled(0);
      let last = 0;
      for (let object = core.alloc(type); object; object = core.alloc(type)) {
        core.setRef(object, 0, last);
        if (last) core.decref(last);
        last = object;
      }
      core.decref(last);
      expect(core.verify()).toBe(0);
      const inUse = fieldOf(core, "pagesInUse");
      const free = fieldOf(core, "freePages");
      const most = largestPossible(core);
      expect(most, `limit ${limit}`).toBeGreaterThanOrEqual(free);
      const block = takePages(core, most);
      expect(block, `limit ${limit}`).not.toBe(0);
      expect(core.verify(), `limit ${limit}`).toBe(0);
      core.decref(block);
      expect(core.verify()).toBe(0);
      expect(inUse).toBeLessThan(12);
      // And what was served by a window is free pages without a table between from now on.
      expect(takePages(core, most)).not.toBe(0);
    }
  });

  test("a random program of all sizes finds all pages that a simple model says are free", () => {
    const first = seedOf(1);
    for (let seed = first; seed < first + howMany(build === "release" ? 6 : 2); seed++) {
      const random = seededRandom(seed);
      const limit = [40, 90, 300, 620][seed % 4] as number;
      const core = startCore(build, {}, limit, seed % 3 === 0 ? 200_000 + 8 * random(20_000) : undefined);
      let step = 0;
      const where = (): string => `seed ${seed}, step ${step}`;
      const blocks = new Blocks(core, where);
      const size = (): number =>
        [() => random(100), () => random(3000), () => random(40_000), () => 40_000 + random(9 * PAGE)][random(4)]?.() ??
        0;
      for (step = 0; step < 250; step++) {
        const isFull = fieldOf(core, "pagesInUse") > limit * 0.6;
        if (blocks.live.length && random(isFull ? 4 : 3) === 0)
          for (let n = random(isFull ? 20 : 6); n >= 0 && blocks.live.length; n--)
            blocks.free(random(blocks.live.length));
        else if (random(12) === 0) {
          // All that can be had in one piece, and not a page more.
          const most = largestPossible(core);
          expect(takePages(core, most + 1), where()).toBe(0);
          expect(core.verify(), where()).toBe(0);
          if (most > 0) {
            const block = takePages(core, most);
            expect(block, `${where()}: ${most} pages`).not.toBe(0);
            expect(core.verify(), where()).toBe(0);
            blocks.check();
            core.decref(block);
          }
        } else for (let n = random(30); n >= 0; n--) blocks.take(size());
        expect(core.verify(), where()).toBe(0);
        if (step % 10 === 0) blocks.check();
      }
      while (blocks.live.length) blocks.free(blocks.live.length - 1);
      expect(core.verify(), where()).toBe(0);
    }
  });

  test("tables move out of the way of a block, and descriptors and bitmaps are found at their new place", () => {
    const core = startCore(build, {}, 4000);
    const type = core.defineType(8, 2, 0);
    // Spans of all classes that are listed, on pages whose descriptors will move.
    const kept = Array.from({ length: 40 }, (_, i) => core.newBytes(8 + i * 24) >>> 0);
    const objects = Array.from({ length: 6000 }, () => core.alloc(type) >>> 0);
    const large: number[] = [];
    for (let i = 0; fieldOf(core, "endPage") < 2600; i++) large.push(takePages(core, 1 + (i % 7)));
    expect(fieldOf(core, "descriptorPages")).toBe(2);
    const before = tablesOf(core);
    objects.filter((_, i) => i % 3).forEach((object) => core.decref(object));
    large.forEach((block) => core.decref(block));
    const most = largestPossible(core);
    const block = takePages(core, most);
    expect(block).not.toBe(0);
    expect(core.verify()).toBe(0);
    const after = tablesOf(core);
    expect(after.filter((page) => !before.includes(page)).length).toBeGreaterThan(40);
    core.decref(block);
    // What is listed is found, and what is freed is listed.
    const again = kept.map((_, i) => core.newBytes(8 + i * 24) >>> 0);
    [...kept, ...again].forEach((address) => core.decref(address));
    objects.filter((_, i) => i % 3 === 0).forEach((object) => core.decref(object));
    expect(core.verify()).toBe(0);
    expect(core.collect(2)).toBe(0);
    expect(core.verify()).toBe(0);
  });

  test("a walk meets a large block once, and it has a type only at its address", () => {
    const core = startCore(build);
    const block = takePages(core, 5);
    const holder = core.alloc(core.defineType(200_000, 1, 0)) >>> 0;
    const [id, holderId] = [core.typeOf(block), core.typeOf(holder)];
    expect([id, holderId]).not.toContain(0);
    for (const at of [8, 16, 0xfff8, PAGE, 2 * PAGE, -8, -PAGE]) {
      expect(core.typeOf(block + at)).toBe(0);
      expect(core.typeOf(holder + at), `${at}`).toBe(0);
    }
    const found: number[] = [];
    for (let object = core.nextObject(0); object; object = core.nextObject(object)) found.push(object >>> 0);
    expect(found.filter((object) => object === block || object === holder)).toHaveLength(2);
    expect(core.sizeOf(block)).toBe(5 * PAGE);
    expect(runsOf(core).filter(({ state }) => state === PAGE_LARGE)).toHaveLength(2);
  });
});

describe("free runs", () => {
  test("a request takes the shortest free run that fits, and of equally long ones the lowest", () => {
    const first = seedOf(1);
    for (let seed = first; seed < first + howMany(3); seed++) {
      const random = seededRandom(seed);
      const core = startCore("release", {}, 3000);
      const blocks = Array.from({ length: 300 }, () => {
        const pages = 1 + random([3, 20, 9][seed % 3] as number);
        return { pages, at: takePages(core, pages) };
      });
      for (let step = 0; step < 400; step++) {
        const free = runsOf(core).filter(({ state }) => state === PAGE_FREE);
        const { runs } = freeTreesOf(core);
        expect(runs.sort((a, b) => a.first - b.first)).toEqual(
          free.map(({ first: at, pages }) => ({ first: at, pages })),
        );
        const pages = 1 + random(24);
        const fit = free.filter((run) => run.pages >= pages).sort((a, b) => a.pages - b.pages || a.first - b.first)[0];
        if (random(2) || !fit) {
          const [block] = blocks.splice(random(blocks.length), 1);
          if (block) core.decref(block.at);
          continue;
        }
        const at = takePages(core, pages);
        expect(at >>> 16, `seed ${seed}, step ${step}: ${pages} pages`).toBe(fit.first);
        blocks.push({ pages, at });
      }
      expect(core.verify()).toBe(0);
    }
  });

  // They were lists once: a request walked all runs of a doubling to find the best.
  test("the longest path to a free run has at most as many steps as a key has bits, however many runs there are", () => {
    for (const pages of [1, 3, 17]) {
      const depths = (pages === 17 ? [150, 600, 2400] : [500, 2000, 8000]).map((count) => {
        const core = startCore("release");
        const random = seededRandom(count);
        const blocks = Array.from({ length: count }, (_, i) =>
          takePages(core, pages === 17 ? 16 + (i & 1) * (1 + random(14)) : pages),
        );
        blocks.forEach((block, i) => {
          if (i & 1) core.decref(block);
        });
        const { runs, depth } = freeTreesOf(core);
        expect(runs.length).toBeGreaterThanOrEqual(count / 2 - 20);
        return depth;
      });
      expect(Math.max(...depths), `${depths}`).toBeLessThanOrEqual(31);
      // Four times as many runs take two steps more, not four times as many.
      expect((depths[2] as number) - (depths[0] as number), `${depths}`).toBeLessThanOrEqual(8);
    }
  });
});

describe("growth", () => {
  /** Fills a heap with spans, one page at a time: the page at which it ended after each growth. */
  function growths(limit: number): { ends: number[]; memories: number[] } {
    const core = startCore("release", {}, limit);
    const ends = [fieldOf(core, "endPage")];
    const memories = [core.memory.buffer.byteLength];
    while (core.newBytes(60_000)) {
      const end = fieldOf(core, "endPage");
      if (end !== ends.at(-1)) ends.push(end);
      if (core.memory.buffer.byteLength !== memories.at(-1)) memories.push(core.memory.buffer.byteLength);
    }
    expect(core.verify()).toBe(0);
    return { ends, memories };
  }

  test("a heap that is filled page by page grows by an eighth, and near its limit by the whole rest", () => {
    for (const limit of [100, 1000, 1013, 4096, 5003]) {
      const { ends, memories } = growths(limit);
      // All of memory is used, but for a page that would have to hold its own table.
      expect(ends.at(-1)).toBeGreaterThanOrEqual(limit - 2);
      expect(ends.length, `limit ${limit}`).toBeLessThan(8.5 * Math.log(limit) + 8);
      expect(memories.length, `limit ${limit}`).toBeLessThan(Math.log2(limit) + 4);
      // Near the limit, where growth was by single pages once.
      const late = ends.filter((end) => end > limit * 0.9);
      expect(late.length, `limit ${limit}: ${late}`).toBeLessThanOrEqual(4);
    }
  });

  test("a block uses free pages at the end of the heap, and moves the tables among them", () => {
    const core = startCore("release", {}, 1000);
    for (let pages = 10; pages < 900; pages += 1 + (pages >>> 3)) {
      const block = takePages(core, pages);
      expect(block, `${pages} pages`).not.toBe(0);
      core.decref(block);
      expect(core.verify()).toBe(0);
    }
    expect(runsOf(core).filter(({ state, used }) => state === PAGE_SPAN && used > 0).length).toBeLessThan(10);
  });
});

describe.each(BUILDS)("sizes, %s build", (build) => {
  // The bytes around a payload were added to it in 32 bits: what was asked for 4 GiB got 16 bytes.
  test("a block of nearly 4 GiB returns 0, whatever its exact size, and nothing changes", () => {
    const core = startCore(build);
    for (let size = -1; size >= -64; size--) {
      expect(core.lend(size), `${size}`).toBe(0);
      expect(core.newBytes(size), `${size}`).toBe(0);
      expect(core.newTuple(size), `${size}`).toBe(0);
    }
    expect(core.verify()).toBe(0);
    expect(descriptorOf(core, fieldOf(core, "firstPage"))).toBeGreaterThan(0);
  });
});
