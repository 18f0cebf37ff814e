import { expectEqual } from "./check.mjs";

const BATCH = 100_000;
const GROWTH = [1e4, 1e5, 1e6, 1e7];

const garbageCycles = {
  name: "garbage",
  title: "garbage cycles: objects in cycles of two, one collection",
  unit: "ns / object",
  once: true,
  sizes: { full: [1e6], quick: [1e5], growth: GROWTH },
  open(program, count) {
    program.enable(0);
    let collected = 0;
    return {
      operations: count,
      setup: () => program.garbage(count),
      run: () => {
        collected = program.collect();
      },
      check() {
        if (program.found !== undefined) expectEqual(collected, count, "objects found");
        const alive = program.alive?.();
        if (alive !== undefined) expectEqual(alive, 0, "objects alive");
      },
    };
  },
};

const steadyCycles = {
  name: "steady",
  title: "steady cycles: made and dropped for ever, others alive in the background",
  unit: "ns / object",
  label: (live) => `${live.toLocaleString("en-US")} live`,
  sizes: { full: [0, 1e6, 5e6], quick: [0, 1e5], growth: [0, 1e5, 1e6, 5e6] },
  open(program, live) {
    if (live > 0) program.graph(live);
    program.collect();
    let made = 0;
    const before = program.found?.();
    return {
      operations: BATCH,
      run: () => {
        program.cycles(BATCH);
        made += BATCH;
      },
      check() {
        program.collect();
        if (before !== undefined) expectEqual(program.found() - before, made, "objects found");
        if (live > 0) expectEqual(program.edges(), 2 * live, "references that are as drawn");
      },
    };
  },
};

const dropList = {
  name: "drop",
  title: "drop a linked list",
  unit: "ns / object",
  once: true,
  sizes: { full: [1e6, 1e7], quick: [1e5], growth: GROWTH },
  open(program, count) {
    program.enable(0);
    return {
      operations: count,
      setup() {
        program.chain(count);
      },
      run: () => program.drop(),
      check() {
        program.chain(1000);
        if (program.alive !== undefined) {
          expectEqual(program.alive(), 1000, "objects of a list");
          program.drop();
          expectEqual(program.alive(), 0, "objects alive");
        }
      },
    };
  },
};

export const cycles = [garbageCycles, steadyCycles, dropList];
