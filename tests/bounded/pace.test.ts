// The pace of cycles that births drive: steps stay short, and cycles end in time, whatever was there and went.

import { expect, test } from "vitest";
import { CYCLE_ENDS, CYCLE_STARTS, STEP_ENDS } from "../../assembly/layout.js";
import { fieldOf, startCore } from "../support/core.js";
import type { Core } from "../support/core.js";

/** What a step takes at most, and what one item of work may take more than is left of a step: a part of a large object, twice. */
const MOST_UNITS = 40_000 + 2500;

interface Scene {
  core: Core;
  node: number;
  /** Owned nodes, wired at random. */
  nodes: number[];
  /** Makes what is young old. */
  age: () => void;
}

const knot = ({ core }: Scene, object: number): void => {
  core.setRef(object, 0, object);
  core.setRef(object, 1, 0);
};
const cut = ({ core }: Scene, object: number): void => {
  core.setRef(object, 0, 0);
  core.setRef(object, 1, 0);
};
const drop = ({ core }: Scene, objects: Iterable<number>): void => {
  for (const object of objects) core.decref(object);
};

/** A list of `length` slots, which stays. It takes the items over. */
function listOf({ core }: Scene, length: number, item: (at: number) => number): void {
  const list = core.newList(0);
  for (let at = 0; at < length; at++) {
    const object = item(at);
    core.listAppend(list, object);
    core.decref(object);
  }
}

/** What becomes of the heap behind its second cycle. */
const CHANGES: Record<string, (scene: Scene) => void> = {
  "nothing changes": () => undefined,
  "half of it becomes garbage, in cycles": (scene) => {
    for (const object of scene.nodes) knot(scene, object);
    drop(scene, scene.nodes.splice(0, scene.nodes.length / 2));
  },
  "all of it becomes garbage": (scene) => drop(scene, scene.nodes),
  "nearly all of it dies at once": (scene) => {
    for (const object of scene.nodes) cut(scene, object);
    drop(scene, scene.nodes);
  },
  "it doubles": (scene) => {
    for (let i = scene.nodes.length; i > 0; i--) knot(scene, scene.core.alloc(scene.node));
    scene.age();
  },
  "one list of many slots is all that is left": (scene) => {
    listOf(scene, 200_000, (at) => {
      const object = scene.nodes[at % 1000] as number;
      scene.core.incref(object);
      return object;
    });
    drop(scene, scene.nodes);
  },
  "lists of boxed numbers are all that is left": (scene) => {
    const { core } = scene;
    for (let i = 0; i < 500; i++) listOf(scene, 128, (at) => core.newFloat(at + 0.5));
    for (const object of scene.nodes) cut(scene, object);
    drop(scene, scene.nodes);
    scene.age();
  },
};

test.each(Object.keys(CHANGES))("steps stay short and no cycle is hurried: %s", (name) => {
  const N = 30_000;
  let [cycles, hurried, most, isUnderWay] = [0, 0, 0, false];
  const core = startCore("release", {
    collection(event, _generation, units) {
      if (event === CYCLE_STARTS) isUnderWay = true;
      else if (event === STEP_ENDS && isUnderWay) most = Math.max(most, units);
      else if (event === CYCLE_ENDS) {
        isUnderWay = false;
        cycles++;
        if (core.isHurried()) hurried++;
      }
    },
  });
  const node = core.defineType(8, 2, 0);
  const age = (): void => {
    core.setEnabled(0);
    while (core.trackedCount(0) + core.trackedCount(1) > 0) core.collect(1);
    core.setEnabled(1);
  };
  /** Births that live for a thousand births, and every second of which is left to a collection. */
  const recent: number[] = [];
  let births = 0;
  const untilCycle = (count: number): void => {
    for (const limit = births + 40 * N + 1_000_000; cycles < count && births < limit; births++) {
      const object = core.alloc(node);
      if (births & 1) core.setRef(object, 0, object);
      const at = births % 1000;
      if (recent[at]) core.decref(recent[at]);
      recent[at] = object;
    }
    expect(cycles, "cycles end").toBe(count);
  };
  core.setBounded(1);
  core.setEnabled(0);
  const nodes = Array.from({ length: N }, () => core.alloc(node));
  nodes.forEach((object, i) => {
    core.setRef(object, 0, nodes[(i * 7 + 1) % N] as number);
    core.setRef(object, 1, nodes[(i * 13 + 5) % N] as number);
  });
  age();
  untilCycle(2);
  (CHANGES[name] as (scene: Scene) => void)({ core, node, nodes, age });
  untilCycle(5);
  expect({ hurried }).toEqual({ hurried: 0 });
  expect(most, "units of the longest step").toBeLessThanOrEqual(MOST_UNITS);
  expect(core.verify()).toBe(0);
});

test("a cycle counts its births, and passes its share of garbage to the next cycle", () => {
  let [births, atStart, atEnd, cycles] = [0, 0, 0, 0];
  let counted = 0;
  const core = startCore("release", {
    collection(event) {
      if (event === CYCLE_STARTS) atStart = births;
      if (event !== CYCLE_ENDS) return;
      atEnd = births;
      counted = fieldOf(core, "cycleBirths");
      cycles++;
    },
  });
  const node = core.defineType(8, 2, 0);
  core.setBounded(1);
  for (; cycles < 2 && births < 1_000_000; births++) {
    const object = core.alloc(node);
    if (births & 1) core.setRef(object, 0, object);
    if (births & 3) core.decref(object);
  }
  expect(cycles).toBe(2);
  expect(counted).toBeGreaterThan(0);
  expect(counted).toBeLessThanOrEqual(atEnd - atStart + 1);
  expect(fieldOf(core, "lastGarbage")).toBeGreaterThan(0);
  expect(core.verify()).toBe(0);
});

test("a cycle spreads its work over its births, though a list in the first pages has as many slots as there are objects", () => {
  const N = 260_000;
  /** Births within which a cycle of so many objects should end: a 13th of them. */
  const BOUND = N / 13;
  let [births, start] = [0, 0];
  const cycles: number[] = [];
  const core = startCore("release", {
    collection(event) {
      if (event === CYCLE_STARTS) start = births;
      else if (event === CYCLE_ENDS) cycles.push(births - start);
    },
  });
  const node = core.defineType(8, 2, 0);
  const pair = (): number => {
    const [one, other] = [core.alloc(node), core.alloc(node)];
    core.setRef(one, 0, other);
    core.setRef(other, 0, one);
    core.decref(other);
    births += 2;
    return one;
  };
  core.setBounded(1);
  const list = core.newList(0);
  for (let i = 0; i < N / 2; i++) {
    const object = pair();
    core.listAppend(list, object);
    core.decref(object);
  }
  cycles.length = 0;
  for (let i = 0; cycles.length < 4 && births < 20 * N; i++) {
    const object = pair();
    core.listSet(list, (i * 7919) % (N / 2), object);
    core.decref(object);
  }
  expect(cycles.length).toBe(4);
  expect(Math.min(...cycles.slice(1)), "births within which a cycle did its work").toBeGreaterThan(BOUND / 2);
  expect(Math.max(...cycles), "and no more of them than it should").toBeLessThan(BOUND * 2);
  expect(core.verify()).toBe(0);
});
