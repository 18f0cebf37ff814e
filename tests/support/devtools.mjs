// What Chrome DevTools' own worker, out of npm's chrome-devtools-mcp, says of heap snapshots. Run as a process
// of its own, since it needs a newer Node than 20 or what stands in for it (modern-promise.mjs):
//
//     node --import ./modern-promise.mjs devtools.mjs [--time] [--stacks] a.heapsnapshot b.heapsnapshot …
//
// Prints a line of JSON for each file: by node id, [name, self size, retained size]; with --stacks, also its allocation stack,
// as functions from the innermost on; with --time, only how long it took.

import { HeapSnapshotManager } from "chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js";

// A process that exits forgets what its pipe has not taken yet.
const print = (value) => new Promise((done) => process.stdout.write(`${JSON.stringify(value)}\n`, done));
const manager = new HeapSnapshotManager();
const isTimed = process.argv.includes("--time");
const withStacks = process.argv.includes("--stacks");
for (const file of process.argv.slice(2).filter((argument) => !argument.startsWith("--"))) {
  const start = performance.now();
  const before = process.cpuUsage();
  const { aggregates } = await manager.getAggregates(file);
  if (isTimed) {
    const { user, system } = process.cpuUsage(before);
    const peak = process.resourceUsage().maxRSS / 1024;
    await print({ wall: performance.now() - start, cpu: (user + system) / 1000, peak });
  } else {
    const nodes = {};
    for (const { id } of aggregates)
      for (const { id: node, nodeIndex, name, selfSize, retainedSize } of (await manager.getNodesById(file, id))
        .items) {
        nodes[node] = [name, selfSize, retainedSize];
        if (withStacks) nodes[node].push(await stackOf(file, nodeIndex));
      }
    await print(nodes);
  }
  await manager.disposeSnapshot(file);
}
process.exit(0);

async function stackOf(file, nodeIndex) {
  const { proxy } = await manager.getSnapshot(file);
  const stack = await proxy.allocationStack(nodeIndex);
  return stack?.map(({ functionName, scriptName, line }) => `${functionName} ${scriptName}:${line}`) ?? [];
}
