// What the examples of the reference begin with.
import { Heap, ref } from "heapwright";

using heap = Heap.createSync();
/* example */
const Person = heap.struct("Person", {
  title: "str",
  age: "u32",
  get buddy() {
    return ref(Person);
  },
});
using alice = Person.new({ title: "Alice", age: 42 });
using bob = Person.new({ title: "Bob", age: 41, buddy: alice });
