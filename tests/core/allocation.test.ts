import { describe, expect, test } from "vitest";
import { MAX_CLASS_SIZE, STR_HASH_OFFSET } from "../../assembly/layout.js";
import { seedOf, seededRandom } from "../support/random.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

describe.each(BUILDS)("blocks and pages, %s build", (build) => {
  test("an empty heap contains only the immortals and takes at most 256 KiB", () => {
    const core = startCore(build);
    expect(core.verify()).toBe(0);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.memory.buffer.byteLength).toBeLessThanOrEqual(256 * 1024);
  });

  test("every size from 0 bytes to beyond the largest class is allocated and verified", () => {
    const core = startCore(build);
    const sizes = Array.from({ length: 60 }, (_, i) => Math.floor(1.22 ** i) + i);
    const strings = sizes.filter((size) => size < 200_000).map((size) => core.newStr(size) >>> 0);
    expect(strings.every((address) => address !== 0 && address % 8 === 0)).toBe(true);
    expect(core.verify()).toBe(0);
    for (const address of strings) {
      core.decref(address);
      expect(core.verify()).toBe(0);
    }
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("blocks in use never overlap, whatever is freed in between", () => {
    const seed = seedOf(1);
    const random = seededRandom(seed);
    const core = startCore(build);
    const live: { address: number; size: number; stamp: number }[] = [];
    for (let step = 0; step < 3000; step++) {
      if (live.length > 150 || (live.length && random(3) === 0)) {
        const [{ address, size, stamp }] = live.splice(random(live.length), 1) as [(typeof live)[0]];
        const bytes = new Uint8Array(core.memory.buffer, address + 16, size);
        expect(
          bytes.every((byte) => byte === stamp),
          `seed ${seed}, step ${step}`,
        ).toBe(true);
        core.decref(address);
      } else {
        const size = random(2) ? random(600) : random(2 * MAX_CLASS_SIZE);
        const address = core.newStr(size) >>> 0;
        const bytes = new Uint8Array(core.memory.buffer, address + 16, size);
        expect(core.word(address + STR_HASH_OFFSET), `seed ${seed}, step ${step}: has a hash`).toBe(0);
        const stamp = 1 + random(255);
        bytes.fill(stamp);
        live.push({ address, size, stamp });
      }
      if (step % 50 === 0) expect(core.verify(), `seed ${seed}, step ${step}`).toBe(0);
    }
  });

  test("a struct comes zeroed, whatever its block held before", () => {
    const core = startCore(build);
    for (const payload of [8, 16, 24, 48, 64, 200, 1000, 40_000]) {
      const type = core.defineType(payload, 1, 0);
      const objects = Array.from({ length: 20 }, () => core.alloc(type) >>> 0);
      const content = (object: number): Uint8Array => new Uint8Array(core.memory.buffer, object + 8, payload);
      for (const object of objects) content(object).fill(0xff, 4);
      for (const object of objects) core.decref(object);
      for (let i = 0; i < 20; i++) expect(content(core.alloc(type) >>> 0).every((byte) => byte === 0)).toBe(true);
      expect(core.verify()).toBe(0);
    }
  });

  test("pages of one size serve any other size afterwards", () => {
    const core = startCore(build, {}, 64);
    const fill = (size: number): number => {
      const strings: number[] = [];
      for (let address = core.newStr(size); address; address = core.newStr(size)) strings.push(address);
      strings.forEach((address) => core.decref(address));
      expect(core.verify()).toBe(0);
      return strings.length * size;
    };
    const smallest = Math.min(...[24, 5000, 100, 60_000, 300, 30_000, 24].map(fill));
    expect(smallest).toBeGreaterThan(64 * 65536 * 0.35);
  });

  // The bitmaps were once sized before their own pages were counted, and ended a page short.
  test("descriptors and bitmaps cover the heap after every growth, whatever its size", () => {
    for (const first of [1, 2, 31, 32, 33, 63, 64, 193, 194, 195, 196]) {
      const core = startCore(build);
      for (let i = 0; i < 5; i++) {
        core.newStr((first + 33 * i) * 65536 - 100);
        expect(core.verify(), `first block ${first} pages, growth ${i}`).toBe(0);
      }
      expect(core.collect(2)).toBe(0);
    }
  });

  test("a block larger than memory returns 0 and changes nothing", () => {
    const core = startCore(build, {}, 32);
    for (const size of [40 * 65536, 0x7fffffff, -1, -65536]) {
      expect(core.newStr(size)).toBe(0);
      expect(core.verify()).toBe(0);
    }
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("an object with two slots takes 24 bytes, a boxed float 16", () => {
    const core = startCore("release");
    expect(core.sizeOf(core.alloc(core.defineType(8, 2, 0)))).toBe(24);
    expect(core.sizeOf(core.newFloat(1))).toBe(16);
  });
});
