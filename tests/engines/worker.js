// A worker for workerd, the engine of Cloudflare's Workers, which compiles no WebAssembly that a program brings as bytes,
// but imports files that are WebAssembly. It answers with what is right and what is wrong.
import { Heap as WholeHeap } from "heapwright";
import core from "heapwright/core.wasm";
import { checkedCore } from "heapwright/checked";
import { readImageSync } from "heapwright/dump";
import { restoreSync as restoreWhole } from "heapwright/image";
import { Heap, restoreSync, save } from "heapwright/slim";
import { trace } from "heapwright/trace";

/** Made as the worker starts, where workerd gives no time, no timers and no random numbers. */
const early = Heap.createSync({ module: core });

const checks = {
  "a heap that is made as the worker starts": () => {
    const list = early.from([1, [2]]);
    early.verify();
    return list.repr() === "[1, [2]]";
  },

  "structs and cycles: collected, finalized, weak references called": async () => {
    const heap = await Heap.create({ module: core });
    const deaths = [];
    const Person = heap.struct("Person", { title: "str", buddy: "ref" }, { finalize: (one) => deaths.push(one.title) });
    const empty = heap.stats().objects;
    const [alice, bob] = [Person.new({ title: "Alice" }), Person.new({ title: "Bob" })];
    alice.buddy = bob;
    bob.buddy = alice;
    const weak = heap.weakref.ref(bob, () => deaths.push("weak reference"));
    alice.release();
    bob.release();
    heap.verify();
    const collected = heap.gc.collect();
    heap.verify();
    weak.release();
    const came = `${collected}: ${deaths.join()}; ${heap.stats().objects - empty} left`;
    if (came !== "2: weak reference,Alice,Bob; 0 left") throw new Error(came);
    return true;
  },

  "many objects, and memory that grows": () => {
    const heap = Heap.createSync({ module: core });
    const list = heap.list();
    for (let i = 0; i < 100_000; i++) list.append(`number ${i}`);
    heap.verify();
    return list.length === 100_000 && list.get(99_999) === "number 99999";
  },

  "images: saved, restored by both entries, read as a dump": () => {
    const heap = Heap.createSync({ module: core });
    heap.roots.set("list", heap.from([1, { two: 2n }]));
    const image = save(heap);
    const restored = [restoreSync(image, { module: core }), restoreWhole(image, { module: core })];
    for (const one of restored) one.verify();
    const texts = restored.map((one) => one.roots.get("list").repr());
    return texts.every((text) => text === "[1, {'two': 2}]") && readImageSync(image).nodes.count > 2;
  },

  "the whole package with a module that is given": () =>
    WholeHeap.createSync({ module: core }).list([1]).repr() === "[1]",

  "timers and what comes late: a finalizer's error is reported, not thrown": async () => {
    const reported = [];
    const onUnraisable = (error, { where }) => reported.push(`${error.message} in ${where}`);
    const heap = Heap.createSync({ module: core, onUnraisable });
    const finalize = () => {
      throw new Error("wrong");
    };
    heap.struct("Mortal", {}, { finalize }).new().release();
    await new Promise((resolve) => setTimeout(resolve, 1));
    heap.verify();
    return reported.length === 1 && reported[0].startsWith("wrong in ");
  },
};

const ways = {
  "Heap.create": () => WholeHeap.create(),
  "Heap.createSync": async () => WholeHeap.createSync(),
  checkedCore: async () => checkedCore(),
};

/** What each way to compile the core says: one line. */
async function refusals() {
  const outcomes = {};
  for (const [way, make] of Object.entries(ways)) {
    outcomes[way] = await make().then(
      () => "works",
      ({ name, code, message }) => `${name} ${code}: ${message}`,
    );
  }
  return outcomes;
}

async function passed() {
  const outcomes = {};
  for (const [what, check] of Object.entries(checks)) {
    try {
      outcomes[what] = (await check()) ? "right" : "wrong";
    } catch (error) {
      outcomes[what] = `${error.stack}`;
    }
  }
  return outcomes;
}

/** Where handles and objects were made. */
function sites() {
  const heap = Heap.createSync({ module: core, traceHandles: true });
  trace(heap).start();
  const list = heap.list(); // HERE
  const { site } = heap.handles().find(({ address }) => address === list.address);
  return [site, trace(heap).getObjectTraceback(list).join("\n")];
}

export default {
  async fetch() {
    return Response.json({ refusals: await refusals(), passed: await passed(), sites: sites() });
  },
};
