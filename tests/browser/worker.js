// A worker that has a heap, and says how many objects it collected. It has the policy that this file is served with.

import { Heap } from "/dist/index.js";

const heap = await Heap.create();
const list = heap.list([1]);
list.append(list);
list.release();
const collected = heap.gc.collect();
heap.verify();
postMessage(collected);
