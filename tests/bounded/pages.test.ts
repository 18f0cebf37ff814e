// Pages that a cycle has yet to scan, which go meanwhile, and come to serve others.

import { describe, expect, test } from "vitest";
import {
  FLAG_OLD,
  PHASE_DRAINING,
  PHASE_IDLE,
  STR_BYTES_OFFSET,
  TYPE_HAS_FINALIZER,
  TYPE_LIST,
} from "../../assembly/layout.js";
import { BUILDS, fieldOf, startCore } from "../support/core.js";
import type { Build, Core, Hooks } from "../support/core.js";

const PAGE = 65536;
/** A word that looks like the head of a list, like how long it is, and like the address of a buffer where no memory is. */
const NASTY = 0xc0000000 + FLAG_OLD + TYPE_LIST;

function start(build: Build, hooks: Partial<Hooks> = {}): Core {
  const core = startCore(build, hooks);
  core.setThresholds(1_000_000_000, 10, 10);
  core.setBounded(1);
  return core;
}

/** From now on leaves may be keys, and their pages are scanned. */
function useWeakMaps(core: Core): void {
  core.weakMapSet(core.newWeakMap(0), core.newFloat(0.5), core.none());
}

function verify(core: Core): void {
  expect(core.verify()).toBe(0);
}

function stepUntil(core: Core, units: number, isThere: () => boolean): void {
  for (let steps = 0; !isThere(); steps++) {
    if (steps > 20_000) throw new Error("it does not come to that");
    core.step(units);
  }
  verify(core);
}

/** Fills a page with objects that stay: of the pages behind it none is the one that is kept when it is empty. */
function keepPage(core: Core, type: number): () => void {
  const first = core.alloc(type) >>> 0;
  while ((core.alloc(type) >>> 0) % PAGE < PAGE - 64);
  return () => core.decref(first);
}

/** Fills pages in which objects were with what nobody may take for objects. */
function reuse(core: Core, objects: readonly number[]): void {
  const first = Math.min(...objects);
  const last = Math.max(...objects);
  let reused = 0;
  for (let i = 0; i < 12; i++) {
    const bytes = core.newBytes(PAGE - 64) >>> 0;
    new Uint32Array(core.memory.buffer, bytes + STR_BYTES_OFFSET, (PAGE - 64) / 4).fill(NASTY);
    if (bytes >= first && bytes < last) reused++;
  }
  expect(reused).toBeGreaterThan(0);
}

describe.each(BUILDS)("%s core", (build) => {
  test("objects on the mark stack and grey objects die together with their pages", () => {
    const core = start(build);
    const [slots, count] = [200, 16_000];
    const node = core.defineType(8, 2, 0);
    const giveRoom = keepPage(core, node);
    const objects = Array.from({ length: count }, () => core.alloc(node) >>> 0);
    const type = core.defineType(4 * slots, slots, 0);
    const holders = Array.from({ length: count / slots }, (_, at) => {
      const holder = core.alloc(type);
      objects.slice(at * slots, (at + 1) * slots).forEach((object, slot) => {
        core.setRef(holder, slot, object);
        core.decref(object);
      });
      return holder;
    });
    useWeakMaps(core);
    core.collect(1);
    stepUntil(core, 20, () => core.phase() === PHASE_DRAINING);
    giveRoom();
    for (const holder of holders) core.decref(holder);
    expect(core.waiting()).toBe(0);
    expect(fieldOf(core, "greyWords")).toBeGreaterThan(0);
    expect(fieldOf(core, "markTop")).toBeGreaterThan(fieldOf(core, "markStack") + 1000);
    reuse(core, objects);
    stepUntil(core, 200, () => core.phase() === PHASE_IDLE);
  });

  // A step ends deaths before it goes on with the cycle. But a finalizer's step finds the object half dropped.
  test("a finalizer continues a cycle that scans the dict whose death it is part of", () => {
    let hasRoom = true;
    let ran = 0;
    const core = start(build, {
      hasRoom: () => hasRoom,
      finalize: (object) => {
        if (object >>> 0 !== objects[10_000]) return;
        ran++;
        expect(fieldOf(core, "partial")).toBe(dict);
        reuse(core, objects);
        stepUntil(core, 200, () => core.phase() === PHASE_IDLE);
      },
    });
    const [node, loud] = [core.defineType(8, 2, 0), core.defineType(8, 2, TYPE_HAS_FINALIZER)];
    const giveRoom = keepPage(core, node);
    const dict = core.newDict(0) >>> 0;
    const objects: number[] = [];
    for (let i = 0; i < 12_000; i++) {
      const [key, object] = [core.newInt(i, 0, 0), core.alloc(i === 10_000 ? loud : node) >>> 0];
      core.dictSet(dict, key, object);
      core.decref(key);
      core.decref(object);
      objects.push(object);
    }
    useWeakMaps(core);
    core.collect(1);
    stepUntil(core, 1, () => fieldOf(core, "partial") === dict);
    giveRoom();
    core.decref(dict);
    // As long as something is deferred, each death goes on with what waits, for a slice.
    hasRoom = false;
    core.decref(core.alloc(loud));
    hasRoom = true;
    for (let i = 0; !ran; i++) {
      if (i > 1000) throw new Error("the finalizer does not run");
      core.decref(core.newList(0));
    }
    verify(core);
  });
});
