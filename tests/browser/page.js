// Makes a heap in the page, collects a cycle, and shows what happened. `window.done` tells the test.

import { Heap } from "heapwright";
import { checkedCore } from "heapwright/checked";

const show = (id, value) => (document.getElementById(id).textContent = String(value));

function step(name, holds) {
  const item = document.createElement("li");
  item.textContent = `${holds ? "ok" : "FAILED"}: ${name}`;
  document.getElementById("steps").append(item);
}

async function collectCycle(heap) {
  const deaths = [];
  const Person = heap.struct("Person", { title: "str", buddy: "ref" }, { finalize: (p) => deaths.push(p.title) });
  const empty = heap.stats().objects;
  const alice = Person.new({ title: "Alice" });
  const bob = Person.new({ title: "Bob", buddy: alice });
  alice.buddy = bob;
  show("before", heap.stats().objects - empty);
  alice.release();
  bob.release();
  const collected = heap.gc.collect();
  show("collected", collected);
  show("after", heap.stats().objects - empty);
  heap.verify();
  return { collected, deaths, left: heap.stats().objects - empty };
}

try {
  const served = await Heap.create({ module: fetch("/dist/core.wasm") });
  const inlined = Heap.createSync();
  const checked = Heap.createSync({ module: checkedCore() });
  for (const [name, heap] of Object.entries({ served, checked, inlined })) {
    const { collected, deaths, left } = await collectCycle(heap);
    step(`a cycle of 2 is collected (${name} core)`, collected === 2 && left === 0);
    step(`finalizers run in birth order (${name} core)`, deaths.join() === "Alice,Bob");
  }
  const list = inlined.list();
  for (let i = 0; i < 200_000; i++) list.append(i);
  step("views survive the growth of memory", list.get(199_999) === 199_999 && list.length === 200_000);
  const original = { text: "naïve \u{1f600}", map: new Map([[1n, new Set(["a"])]]), bytes: Uint8Array.of(1, 255) };
  original.self = original;
  const copy = inlined.from(original);
  const back = copy.toJS();
  step(
    "a document goes in and comes out as it was",
    back.self === back && back.text === original.text && back.map.get(1n).has("a") && back.bytes[1] === 255,
  );
  step(
    "a handle's repr is Python's",
    copy.repr().endsWith("'map': {1: {'a'}}, 'bytes': b'\\x01\\xff', 'self': {...}}"),
  );
  inlined.verify();
  inlined.dispose();
  step(
    "a disposed heap says so",
    (() => {
      try {
        inlined.list();
      } catch (error) {
        return error.code === "HEAP_DISPOSED";
      }
    })(),
  );
} catch (error) {
  step(`no error (${error.stack ?? error})`, false);
}
window.done = true;
