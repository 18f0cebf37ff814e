import { expectEqual, firstMixedBytes } from "./check.mjs";

const BATCH = 100_000;

const churn = {
  name: "churn",
  title: "churn: allocate one, drop it",
  unit: "ns / object",
  sizes: { full: [BATCH], quick: [BATCH] },
  open(program, size) {
    const before = program.alive?.();
    return {
      operations: size,
      run: () => program.churn(size),
      check() {
        program.checkChurn?.();
        if (before !== undefined) expectEqual(program.alive(), before, "objects alive afterwards");
      },
    };
  },
};

function trees(name, title, enabled) {
  return {
    name,
    title,
    unit: "ns / object",
    label: (depth) => `depth ${depth}`,
    sizes: { full: [17], quick: [12] },
    open(program, depth) {
      program.enable(enabled);
      const nodes = 2 ** (depth + 1) - 1;
      return {
        operations: nodes,
        run: () => program.trees(depth),
        check: () => expectEqual(program.treeNodes(depth), nodes, "objects of a tree"),
      };
    },
  };
}

function mixed(min, max) {
  return {
    name: `mixed-${max}`,
    title: `mixed sizes: a ring of 100,000 blocks, replaced at random`,
    unit: "ns / block",
    label: () => `${min} to ${max} bytes`,
    sizes: { full: [BATCH], quick: [BATCH / 10] },
    open(program, size) {
      program.mixedStart(min, max);
      expectEqual(program.mixedBytes(), firstMixedBytes(min, max, BATCH), "bytes of all blocks");
      // Two replacements of each block: what is measured is a heap that has been in use.
      program.mixed(2 * BATCH);
      return {
        operations: size,
        run: () => program.mixed(size),
        check() {
          if (program.mixedBytes() < 0) throw new Error("a block does not hold what was written to it");
        },
        extra: () => ({ memoryPerLive: program.bytesInUse() / program.mixedBytes() }),
      };
    },
  };
}

export const births = [
  churn,
  trees("trees", "trees: a binary tree built and dropped, collector on", 1),
  trees("trees-off", "trees, collector off (where it can be)", 0),
  mixed(16, 512),
  mixed(16, 32768),
];
