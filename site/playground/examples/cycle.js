// Two objects that refer to each other. Reference counts cannot free them: the collector does.
import { Heap } from "heapwright";

const heap = Heap.createSync();
const Person = heap.struct(
  "Person",
  { name: "str", buddy: "ref" },
  { finalize: (person) => console.log(`Deleting ${person.name}`) },
);

const carol = Person.new({ name: "Carol" });
carol.release(); // prints: Deleting Carol

const alice = Person.new({ name: "Alice" });
const bob = Person.new({ name: "Bob", buddy: alice });
alice.buddy = bob; // a cycle
console.log(alice.refcount); // 2: the handle, and bob.buddy

alice.release();
bob.release();
// The scope releases the handles that getObjects gives.
console.log(heap.scope(() => heap.gc.getObjects(Person).length)); // 2: still there

const found = heap.gc.collect(); // prints: Deleting Alice, Deleting Bob
console.log(found); // 2
console.log(heap.scope(() => heap.gc.getObjects(Person).length)); // 0
