// Where an object was made, if the function that made it ends with that call and the engine keeps no frame of it.
import { Heap } from "heapwright";

const heap = Heap.createSync({ traceHandles: true });
function make() {
  return heap.list(); // line 6
}
function twice() {
  globalThis.made = make(); // line 9
  return globalThis.made;
}
twice();
console.log(/:(\d+):\d+\)?$/.exec(heap.handles().at(-1).site.split("\n")[0])[1]);
