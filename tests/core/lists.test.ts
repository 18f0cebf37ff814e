import { describe, expect, test } from "vitest";
import { LIST_CAPACITY_OFFSET, SLOTS_COUNT_OFFSET } from "../../assembly/layout.js";
import { BUILDS, IMMORTALS, liveObjects, startCore } from "../support/core.js";

describe.each(BUILDS)("lists, %s build", (build) => {
  test("grow as CPython's do: 4, 8, 16, 24, 32, 40, 52, 64, 76", () => {
    const core = startCore(build);
    const list = core.newList(0);
    const capacities = new Set<number>();
    for (let i = 0; i < 70; i++) {
      core.listAppend(list, core.none());
      capacities.add(core.word(list + LIST_CAPACITY_OFFSET));
    }
    expect([...capacities]).toEqual([4, 8, 16, 24, 32, 40, 52, 64, 76]);
  });

  test("give memory back as they shrink, to nothing when empty", () => {
    const core = startCore(build);
    const list = core.newList(0);
    for (let i = 0; i < 1000; i++) core.listAppend(list, core.none());
    const full = core.sizeOf(list);
    for (let i = 0; i < 900; i++) core.listRemove(list, core.word(list + SLOTS_COUNT_OFFSET) - 1);
    expect(core.sizeOf(list)).toBeLessThan(full / 3);
    for (let i = 0; i < 100; i++) core.listRemove(list, core.word(list + SLOTS_COUNT_OFFSET) - 1);
    expect([core.word(list + LIST_CAPACITY_OFFSET), core.verify()]).toEqual([0, 0]);
    core.decref(list);
    expect(liveObjects(core)).toBe(IMMORTALS);
  });

  test("clearing a container of objects that survive counts as no death", () => {
    const core = startCore(build);
    const list = core.newList(0);
    for (let i = 0; i < 10; i++) core.listAppend(list, core.none());
    const before = core.count(0);
    expect(before).toBeGreaterThan(0);
    core.listRemoveRange(list, 2, 5);
    core.containerClear(list);
    expect([core.count(0), core.verify()]).toEqual([before, 0]);
  });
});
