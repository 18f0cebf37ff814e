// Three generations, as in Python's gc module, with thresholds, callbacks and weak references.
import { Heap } from "heapwright";

const heap = Heap.createSync();
const Node = heap.struct("Node", { other: "ref" });
console.log(heap.gc.getThreshold()); // [700, 10, 10]

heap.gc.callbacks.push((phase, { generation, collected }) => {
  if (phase === "stop" && collected > 0)
    console.log(`generation ${generation}: ${collected} collected`);
});

// Nobody asks for a collection here: the 701st object that lives does.
for (let i = 0; i < 1000; i++) {
  const node = Node.new();
  node.other = node; // a cycle of one
  node.release();
}

const node = Node.new();
node.other = node;
const weak = heap.weakref.ref(node, () => console.log("it is gone"));
node.release();
console.log(heap.scope(() => weak.deref() === null)); // false: the cycle keeps it

heap.gc.collect();
console.log(weak.deref() === null); // true
