// A handle owns a reference until you release it. Each misuse is an error with a code, and the heap goes on.
import { Heap, HeapwrightError } from "heapwright";

const heap = Heap.createSync({ maxBytes: 2 ** 20 });
const Person = heap.struct("Person", { name: "str", age: "u8" });

const alice = Person.new({ name: "Alice", age: 30 });
const again = alice.clone(); // a second handle, for the same object
alice.release();
console.log(again.name); // Alice

const mistakes = [
  () => alice.name, // the handle is released
  () => (again.age = 1000), // not a u8
  () => Object.assign(again, { nmae: "Bob" }),
  () => heap.list(Array.from({ length: 10 ** 6 }, () => 0.5)), // more than maxBytes
];
for (const mistake of mistakes) {
  try {
    mistake();
  } catch (error) {
    if (!(error instanceof HeapwrightError)) throw error;
    console.log(`${error.code}\n  ${error.message}`);
  }
}
again.release(); // Alice dies here

// All handles that are made in a scope are released at its end.
const name = heap.scope(() => Person.new({ name: "Bob" }).name);
console.log(name); // Bob
heap.verify(); // each refcount is right
console.log(heap.stats().handles); // 0

// Uncomment it to see an error that nobody catches:
// alice.name;
