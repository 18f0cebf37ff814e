// A store of documents: JSON comes in as text, paths ask and change, and an image of the heap is the file. What a
// change replaces dies at once; what is restored has the same names, objects and addresses.

import { DictHandle, Handle, Heap, ListHandle, type Value } from "heapwright";
import { restoreSync, save } from "heapwright/image";

type Path = [name: string, ...steps: (string | number)[]];

function put(heap: Heap, name: string, json: string): void {
  using document = heap.parse<Handle>(json);
  heap.roots.set(name, document);
}

/** What a path leads to; `undefined` if nothing is there. Makes a handle for each step, so call it in a scope. */
function find(heap: Heap, [name, ...steps]: Path): Value | undefined {
  let at: Value | undefined = heap.roots.get(name);
  for (const step of steps) {
    if (at instanceof DictHandle) at = at.get(step);
    else if (at instanceof ListHandle && typeof step === "number") at = at.at(step);
    else return undefined;
  }
  return at;
}

/** The same as plain JavaScript. */
function get(heap: Heap, ...path: Path): unknown {
  return heap.scope(() => {
    const found = find(heap, path);
    return found instanceof Handle ? found.toJS() : found;
  });
}

/** Replaces what a path leads to, or adds it to an object. */
function set(heap: Heap, [name, ...steps]: Path, value: Value | object): void {
  heap.scope(() => {
    const last = steps.pop();
    const parent = find(heap, [name, ...steps]);
    if (parent instanceof DictHandle && last !== undefined) parent.set(last, value);
    else if (parent instanceof ListHandle && typeof last === "number") parent.set(last, value);
    else throw new RangeError(`no such place in ${name}: ${last}`);
  });
}

const heap = Heap.createSync();
const empty = heap.stats();
put(heap, "orders", '[{"id": 7, "customer": {"name": "Ada"}, "lines": [{"sku": "A-1", "price": 9.5}]}]');
console.log(get(heap, "orders", 0, "customer", "name"), get(heap, "orders", 1, "id"));
set(heap, ["orders", 0, "lines", 0], { sku: "A-2", price: 8 });
set(heap, ["orders", 0, "paid"], true);

const restored = restoreSync(save(heap));
set(heap, ["orders", 0, "customer"], "changed after it was saved");
console.log(JSON.stringify(get(restored, "orders")));
for (const one of [heap, restored]) {
  one.roots.delete("orders");
  one.verify();
  console.log(`left: ${one.stats().objects - empty.objects} objects, ${one.stats().handles} handles`);
}
