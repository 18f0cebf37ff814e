// The core as a file that a bundler puts beside the code, and the program fetches.
import { Heap } from "heapwright/slim";

const heap = await Heap.create({ module: fetch(new URL("heapwright/core.wasm", import.meta.url)) });
const list = heap.list([1]);
list.append(list);
list.release();
console.log(`collected ${heap.gc.collect()}`);
heap.verify();
