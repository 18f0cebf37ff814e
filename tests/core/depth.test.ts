import { expect, test } from "vitest";
import { IMMORTALS, liveObjects, startCore } from "../support/core.js";

const LENGTH = 10_000_000;

test("a list of ten million objects dies, and a cycle of as many is collected, without recursion", () => {
  const core = startCore("release");
  core.setThresholds(1_000_000, 10, 10);
  const type = core.defineType(8, 2, 0);
  const chain = (): { first: number; last: number } => {
    const last = core.alloc(type);
    let first = last;
    for (let i = 1; i < LENGTH; i++) {
      const object = core.alloc(type);
      core.setRef(object, 0, first);
      core.decref(first);
      first = object;
    }
    return { first, last };
  };
  core.decref(chain().first);
  expect(liveObjects(core)).toBe(IMMORTALS);
  const { first, last } = chain();
  core.setRef(last, 0, first);
  core.decref(first);
  expect(core.collect(2)).toBe(LENGTH);
  expect(liveObjects(core)).toBe(IMMORTALS);
  expect(core.verify()).toBe(0);
});
