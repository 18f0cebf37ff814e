import { Heap } from "../../index.js";
import type { Handle } from "../../index.js";
import type { Listing } from "./stage.js";

/** `sys.getrefcount`: like in Python, the argument of the call counts as one more reference. */
function getrefcount(object: Handle): number {
  const argument = object.clone();
  const count = argument.refcount;
  argument.release();
  return count;
}

export const counts: Listing = {
  title: "Counting references",
  play(stage) {
    const heap = Heap.createSync();
    stage.code("data = [1, 2, 3]");
    const data = heap.list([1, 2, 3]);
    stage.code('print("Reference count:", sys.getrefcount(data))');
    stage.print(`Reference count: ${getrefcount(data)}`);
    stage.note(`getrefcount counts its own argument; a handle's refcount does not: here it is ${data.refcount}.`);
    stage.code("another = data");
    const another = data.clone();
    stage.print(`Reference count: ${getrefcount(data)}`);
    stage.code("del another");
    another.release();
    stage.print(`Reference count: ${getrefcount(data)}`);
    stage.code("del data");
    const { address } = data;
    const before = heap.stats().objects;
    data.release();
    stage.note(
      `The last name is gone, and so is the list at 0x${address.toString(16)}: ${before} objects before, ${heap.stats().objects} after.`,
    );
    heap.dispose();
  },
};
