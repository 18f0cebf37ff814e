// Makes heaps in each way, and shows what came of it: "works", or the error. `window.outcomes` tells the test. Import maps
// are scripts in the page, which these policies forbid: so the package is imported by its files.

import { Heap } from "/dist/index.js";
import { Heap as SlimHeap } from "/dist/slim.js";
import { checkedCore } from "/dist/checked.js";

const compiledElsewhere = () =>
  new Promise((resolve, reject) => {
    // A worker has the policy that its own file is served with.
    const worker = new Worker("compile.js?script-src 'self' 'wasm-unsafe-eval'", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });

const ways = {
  create: () => Heap.create(),
  createSync: () => Heap.createSync(),
  checkedCore: () => Heap.createSync({ module: checkedCore() }),
  served: () => SlimHeap.create({ module: fetch("/dist/core.wasm") }),
  compiledElsewhere: async () => SlimHeap.createSync({ module: await compiledElsewhere() }),
};

const outcomes = {};
for (const [way, make] of Object.entries(ways)) {
  try {
    const heap = await make();
    const list = heap.list([1]);
    list.append(list);
    list.release();
    outcomes[way] = heap.gc.collect() === 1 && heap.verify() === undefined ? "works" : "does not collect";
  } catch ({ name, code, message }) {
    outcomes[way] = `${name} ${code}: ${message}`;
  }
  const item = document.createElement("li");
  item.textContent = `${way}: ${outcomes[way]}`;
  document.getElementById("ways").append(item);
}
window.outcomes = outcomes;
