// Makes heaps in each way, and shows what came of it: "works", or the error. `window.outcomes` tells the test. Import maps
// are scripts in the page, which these policies forbid: so the package is imported by its files.

import { Heap } from "/dist/index.js";
import { Heap as SlimHeap } from "/dist/slim.js";
import { checkedCore } from "/dist/checked.js";

const ways = {
  create: () => Heap.create(),
  createSync: () => Heap.createSync(),
  checkedCore: () => Heap.createSync({ module: checkedCore() }),
  served: () => SlimHeap.create({ module: fetch("/dist/core.wasm") }),
};

function collects(heap) {
  const list = heap.list([1]);
  list.append(list);
  list.release();
  const collected = heap.gc.collect();
  heap.verify();
  return collected;
}

/** A heap in a worker, which is served with a policy of its own. */
function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker("worker.js?script-src 'self' 'wasm-unsafe-eval'", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onmessageerror = worker.onerror = reject;
  });
}

const outcomes = {};
async function observe(way, run) {
  try {
    outcomes[way] = (await run()) === 1 ? "works" : "does not collect";
  } catch ({ name, code, message }) {
    outcomes[way] = `${name} ${code}: ${message}`;
  }
  const item = document.createElement("li");
  item.textContent = `${way}: ${outcomes[way]}`;
  document.getElementById("ways").append(item);
}

for (const [way, make] of Object.entries(ways)) await observe(way, async () => collects(await make()));
await observe("inWorker", inWorker);
window.outcomes = outcomes;
