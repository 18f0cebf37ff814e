// A heap is bytes: save it, restore it, and go on where it was.
import { Heap } from "heapwright";
import { lostFunctions, restoreSync, save } from "heapwright/image";

const heap = Heap.createSync();
const Person = heap.struct(
  "Person",
  { name: "str" },
  { finalize: () => console.log("gone") },
);

const alice = Person.new({ name: "Alice" });
heap.roots.set("alice", alice); // a name, by which she is found again
heap.roots.set("numbers", heap.list([1, 2.5, "three"]));

const image = save(heap);
console.log(image.byteLength > 1000); // true

const later = restoreSync(image);
console.log(lostFunctions(later).length); // 1: functions cannot be saved
const LaterPerson = later.struct(
  "Person",
  { name: "str" },
  { finalize: () => console.log("gone, later") },
);

console.log(later.roots.get("numbers")); // [1, 2.5, 'three']
const found = later.roots.get("alice", LaterPerson);
console.log(found?.name); // Alice
console.log(found?.address === alice.address); // true

found?.release();
later.roots.delete("alice");
later.gc.collect();
console.log(heap.roots.get("alice") !== null); // true: the first heap has its own
