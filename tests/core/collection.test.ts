import { describe, expect, test } from "vitest";
import { TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";

/** Makes objects that each hold themselves, or nothing else holds, and records which generations run. */
function generationSequence(core: Core, thresholds: [number, number, number], runs: number): string {
  const type = core.defineType(8, 2, 0);
  core.setThresholds(...thresholds);
  let sequence = "";
  const seen = [0, 0, 0];
  while (sequence.length < runs) {
    const object = core.alloc(type);
    core.setRef(object, 0, object);
    core.decref(object);
    for (const generation of [0, 1, 2]) {
      if (core.collections(generation) === seen[generation]) continue;
      seen[generation] = core.collections(generation);
      sequence += generation;
    }
  }
  return sequence;
}

function cycle(core: Core, type: number, length: number): number[] {
  const nodes = Array.from({ length }, () => core.alloc(type) >>> 0);
  nodes.forEach((node, i) => core.setRef(node, 0, nodes[(i + 1) % length] as number));
  nodes.forEach((node) => core.decref(node));
  return nodes;
}

describe.each(BUILDS)("collection, %s build", (build) => {
  test("generations run in CPython's sequence", () => {
    expect(generationSequence(startCore(build), [50, 3, 2], 48)).toBe("0000100001000012".repeat(3));
    expect(generationSequence(startCore(build), [50, 0, 0], 12)).toBe("012012012012");
    const tens = generationSequence(startCore(build), [50, 10, 10], 134);
    expect(tens).toBe("000000000001".repeat(11) + "20");
  });

  test("a full collection waits until a quarter as many objects are pending as are long-lived", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    const keep = Array.from({ length: 20_000 }, () => core.alloc(type));
    core.collect(2);
    core.setThresholds(50, 3, 2);
    let runs = 0;
    while (core.collections(2) === 1) {
      keep.push(core.alloc(type));
      runs = core.collections(0) + core.collections(1);
      if (runs > 2000) break;
    }
    // 51 objects a run; 20,000 / 4 = 5,000 must be pending in generation 2.
    expect(runs).toBeGreaterThan(90);
    expect(runs).toBeLessThan(2000);
  });

  test("the count is births minus deaths, and never below 0", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    core.setThresholds(50, 10, 10);
    for (let i = 0; i < 10_000; i++) core.decref(core.alloc(type));
    expect([core.collections(0), core.count(0)]).toEqual([0, 0]);
    const objects = Array.from({ length: 50 }, () => core.alloc(type));
    expect(core.count(0)).toBe(50);
    core.alloc(type);
    expect([core.collections(0), core.count(0), core.count(1)]).toEqual([1, 0, 1]);
    objects.forEach((object) => core.decref(object));
    expect(core.count(0)).toBe(0);
  });

  test("no automatic collection runs if disabled or with a first threshold of 0; a negative threshold collects", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    core.setEnabled(0);
    for (let i = 0; i < 2000; i++) core.alloc(type);
    core.setEnabled(1);
    core.setThresholds(0, 10, 10);
    for (let i = 0; i < 2000; i++) core.alloc(type);
    expect(core.collections(0)).toBe(0);
    core.setThresholds(-1, 10, 10);
    core.alloc(type);
    expect(core.collections(0) + core.collections(1) + core.collections(2)).toBe(1);
  });

  test.each([0, 1, 2])(
    "a cycle in generation %i is found only by collections of that generation and older ones",
    (generation) => {
      const core = startCore(build);
      const type = core.defineType(8, 2, 0);
      const held = core.alloc(type);
      const other = core.alloc(type);
      core.setRef(held, 0, other);
      core.setRef(other, 0, held);
      core.decref(other);
      for (let i = 0; i < generation; i++) core.collect(i);
      core.decref(held);
      for (let younger = 0; younger < generation; younger++) expect(core.collect(younger)).toBe(0);
      expect(core.collect(generation)).toBe(2);
      expect(core.verify()).toBe(0);
      expect(liveObjects(core)).toBe(IMMORTALS);
    },
  );

  test("a cycle that spans an old and a young object waits for a full collection", () => {
    const core = startCore(build);
    const type = core.defineType(8, 2, 0);
    const old = core.alloc(type);
    core.collect(2);
    const young = core.alloc(type);
    core.setRef(old, 0, young);
    core.setRef(young, 0, old);
    core.decref(old);
    core.decref(young);
    expect([core.collect(0), core.collect(1), core.collect(2)]).toEqual([0, 0, 2]);
  });

  test.each([0, 2])("finalizers of garbage run in birth order (collect(%i))", (generation) => {
    const order: number[] = [];
    const core = startCore(build, { finalize: (object) => order.push(object >>> 0) });
    const filler = Array.from({ length: 40 }, () => core.alloc(core.defineType(8, 2, 0)));
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const holes = Array.from({ length: 40 }, () => core.alloc(type) >>> 0);
    holes.filter((_, i) => i % 2).forEach((hole) => core.decref(hole));
    order.length = 0;
    // Born into holes, so that birth order is not address order.
    const nodes = cycle(core, type, 60);
    core.collect(generation);
    expect(order).toEqual(nodes);
    expect(filler.length).toBe(40);
    expect(core.verify()).toBe(0);
  });

  test("birth order holds across the 35 bits that are sorted at a time", () => {
    const order: number[] = [];
    const core = startCore(build, { finalize: (object) => order.push(object >>> 0) });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const nodes = cycle(core, type, 8);
    core.incref(nodes[0] as number);
    core.collect(2);
    // Give the old objects births far apart, in reverse: the word in front of an old object is its birth.
    nodes.forEach((node, i) => {
      core.setWord(node - 8, i % 2);
      core.setWord(node - 4, (8 - i) * 4);
    });
    core.decref(nodes[0] as number);
    core.collect(2);
    expect(order).toEqual([...nodes].reverse());
  });

  test("objects reachable from a resurrected object survive whole, and no finalizer runs again", () => {
    let saved = 0;
    const finalized: number[] = [];
    const core = startCore(build, {
      finalize(object) {
        finalized.push(object >>> 0);
        if (!saved) {
          core.incref(object);
          saved = object >>> 0;
        }
      },
    });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const nodes = cycle(core, type, 3);
    const others = cycle(core, type, 2);
    expect(core.collect(2)).toBe(2);
    expect(finalized).toEqual([...nodes, ...others]);
    expect(core.verify()).toBe(0);
    expect(nodes.map((node) => core.typeOf(node))).toEqual([type, type, type]);
    core.decref(saved);
    expect(core.collect(2)).toBe(3);
    expect(finalized.length).toBe(5);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("a cycle that its finalizer breaks dies by refcount, which is not counted", () => {
    const core = startCore(build, { finalize: (object) => core.setRef(object, 0, 0) });
    cycle(core, core.defineType(8, 2, TYPE_HAS_FINALIZER), 2);
    expect(core.collect(2)).toBe(0);
    expect(liveObjects(core)).toBe(IMMORTALS);
    expect(core.verify()).toBe(0);
  });

  test("a collection inside a collection does nothing and returns 0", () => {
    const inner: number[] = [];
    const core = startCore(build, { finalize: () => void inner.push(core.collect(2)) });
    cycle(core, core.defineType(8, 2, TYPE_HAS_FINALIZER), 2);
    expect(core.collect(2)).toBe(2);
    expect(inner).toEqual([0, 0]);
  });

  test("marking is right whatever the shape: long chains up and down, wide trees, more edges down than the stack holds", () => {
    for (const shape of ["up", "down", "shuffled", "tree"] as const) {
      const core = startCore(build);
      core.setEnabled(0);
      const type = core.defineType(8, 2, 0);
      const nodes = Array.from({ length: 20_000 }, () => core.alloc(type) >>> 0);
      if (shape === "down") nodes.reverse();
      if (shape === "shuffled" || shape === "tree") nodes.sort((a, b) => Math.imul(a, 40503) - Math.imul(b, 40503));
      nodes.forEach((node, i) => {
        for (const [slot, child] of shape === "tree"
          ? [
              [0, 2 * i + 1],
              [1, 2 * i + 2],
            ]
          : [[0, i + 1]]) {
          if ((child as number) < nodes.length) core.setRef(node, slot as number, nodes[child as number] as number);
        }
      });
      nodes.slice(1).forEach((node) => core.decref(node));
      expect(core.collect(2)).toBe(0);
      expect(liveObjects(core)).toBe(IMMORTALS + 20_000);
      core.setRef(nodes[19_999] as number, 0, nodes[0] as number);
      core.decref(nodes[0] as number);
      expect(core.collect(2)).toBeGreaterThan(10);
      expect(liveObjects(core)).toBe(IMMORTALS);
      expect(core.verify()).toBe(0);
    }
  });
});
