// Objects that wait on the mark stack and die, and whose pages serve something else before the stack is drained.

import { describe, expect, test } from "vitest";
import { PAYLOAD_OFFSET, PHASE_DRAINING, PHASE_IDLE } from "../../assembly/layout.js";
import { BUILDS, fieldOf, startCore } from "../support/core.js";

const SLOTS = 300;
const PAYLOAD = 2000;

describe.each(BUILDS)("freed pages, %s core", (build) => {
  test("an object that waits on the mark stack and dies is not scanned after its page has been reused for bytes", () => {
    const core = startCore(build);
    core.setThresholds(1_000_000_000, 10, 10);
    // With an entry of a weak map there is something to find on pages of leaves, so they are not skipped.
    const key = core.alloc(core.defineType(0, 0, 0)) >>> 0;
    core.weakMapSet(core.newWeakMap(0), key, core.none());
    const big = core.defineType(PAYLOAD, 2, 0);
    const objects = Array.from({ length: SLOTS }, () => core.alloc(big) >>> 0);
    const holder = core.alloc(core.defineType(4 * SLOTS, SLOTS, 0)) >>> 0;
    objects.forEach((object, slot) => {
      core.setRef(holder, slot, object);
      core.decref(object);
    });
    while (core.trackedCount(0) + core.trackedCount(1) > 0) core.collect(1);
    core.setBounded(1);
    core.collect(1);
    for (let i = 0; i < 5000 && core.phase() !== PHASE_DRAINING; i++) core.step(1);
    expect(core.phase()).toBe(PHASE_DRAINING);
    const stack = (): Uint32Array =>
      new Uint32Array(core.memory.buffer.slice(fieldOf(core, "markStack"), fieldOf(core, "markTop")));
    const waiting = [...stack()].filter((object) => objects.includes(object));
    expect(waiting.length).toBeGreaterThan(100);

    const first = Math.min(...waiting);
    const end = Math.max(...waiting) + PAYLOAD;
    const remains = new Uint8Array(core.memory.buffer.slice(first - 16, end));
    for (let slot = 0; slot < SLOTS; slot++) core.setRef(holder, slot, 0);
    const bytes = core.newBytes(end - first - 131_072) >>> 0;
    const covered = waiting.filter((object) => object > bytes + 16 && object + PAYLOAD < bytes + end - first - 131_072);
    expect(covered.length).toBeGreaterThan(50);
    // The bytes look as the objects did, but for references to nowhere.
    const data = new DataView(core.memory.buffer);
    for (const object of covered) {
      new Uint8Array(core.memory.buffer).set(remains.subarray(object - first, object - first + 40), object - 16);
      for (let at = object + PAYLOAD_OFFSET; at < object + 64; at += 4) data.setUint32(at, 0xfffffff0, true);
    }
    for (let i = 0; i < 5000 && core.phase() !== PHASE_IDLE; i++) {
      core.step(20);
      expect(core.verify()).toBe(0);
    }
    expect(core.phase()).toBe(PHASE_IDLE);
  });
});
