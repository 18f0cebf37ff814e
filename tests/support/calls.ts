// Every public function of the package, and arguments that are right for it.

import { trace } from "../../src/trace.js";
import type { TraceSnapshot } from "../../src/trace.js";
import type { Finalizer, GcPause, WeakValueMap } from "../../src/index.js";
import type { Heap } from "../../src/index.js";

/** One object of each kind that a program gets. */
export function makeCast(heap: Heap) {
  const Node = heap.struct(`Node ${Math.random()}`, { n: "i32", next: "ref", any: "value", title: "str" });
  const node = Node.new({ n: 1 });
  const list = heap.list([3, 1, 2]);
  const keyMap = heap.weakref.keyMap();
  const weakSet = heap.weakref.set();
  const valueMap: WeakValueMap = heap.weakref.valueMap();
  const finalizer: Finalizer = heap.weakref.finalize(node, () => undefined);
  const pause: GcPause = heap.gc.pause();
  pause.release();
  const snapshot: TraceSnapshot = trace(heap).takeSnapshot();
  keyMap.set(node, list);
  weakSet.add(node);
  valueMap.set("k", node);
  heap.roots.set("root", list);
  const { core, batch, gc, weakref, roots } = heap;
  const handles = {
    node,
    list,
    tuple: heap.tuple([1, "a", list]),
    dict: heap.dict([["k", 1]]),
    set: heap.set([1]),
    frozenset: heap.frozenset([1]),
  };
  const atoms = { str: heap.str("text"), bytes: heap.bytes(Uint8Array.of(1, 2)), int: heap.int(1000) };
  const weak = { weak: heap.weakref.ref(node), keyMap, weakSet, valueMap, finalizer };
  return {
    heap,
    core,
    batch,
    gc,
    weakref,
    roots,
    trace: trace(heap),
    Node,
    pause,
    snapshot,
    ...handles,
    ...atoms,
    ...weak,
  };
}

export type Cast = ReturnType<typeof makeCast>;

/** Functions that a prototype has and the public API has not, the one that ends the heap, and the one that gives a promise. */
const INTERNAL = new Set(
  (
    "heap.dispose heap.parseStream gc.reportGarbage weakref.runAtExit list.elements list.itemAt list.indices list.ownedSlice list.itemIn dict.entryFrom dict.findAddress set.addElements dict.slotOf list.range list.resolve tuple.itemAt " +
    "dict.elements dict.ownKey dict.find dict.deleteEntry dict.slotOf dict.addAll dict.each dict.walk dict.slots dict.lookUp list.search " +
    "keyMap.entryOf keyMap.setEntry keyMap.each keyMap.keyAt keyMap.newestKey dict.newest"
  ).split(" "),
);

/** Names of all functions that the cast has, as `kind.name`; those that all handles have, as handles of one kind. */
export function functionsOf(cast: Cast): string[] {
  const found = new Set<string>();
  const seen = new Set<unknown>();
  for (const [kind, object] of Object.entries(cast)) {
    for (let at = object as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
        if (typeof value === "function" && name !== "constructor") found.add(`${kind}.${name}`);
    }
  }
  return [...found].filter((name) => !INTERNAL.has(name));
}

const nothing = (): void => undefined;
const one = (cast: Cast): Uint32Array => Uint32Array.of(cast.node.address);

/** Arguments for each function that takes any. A name that ends with "=" stands for a property that is set. */
export const ARGUMENTS: Readonly<Record<string, (cast: Cast) => unknown[]>> = {
  "heap.struct": () => [`Other ${Math.random()}`, { a: "ref" }, {}],
  "heap.list": () => [[1]],
  "heap.tuple": () => [[1]],
  "heap.dict": () => [[["a", 1]]],
  "heap.set": () => [[1]],
  "heap.frozenset": () => [[1]],
  "heap.from": () => [{ a: 1 }, { toJSON: true }],
  "heap.parse": () => ['{"a":[1]}', { bigints: true }],
  "heap.str": () => ["text"],
  "heap.intern": () => ["text"],
  "heap.bytes": () => [Uint8Array.of(1)],
  "heap.int": () => [1],
  "heap.float": () => [1.5],
  "heap.bool": () => [true],
  "heap.scope": () => [nothing],
  "heap.reserve": () => [1000],
  "core.alloc": ({ Node }) => [Node.id],
  "core.incref": ({ node }) => [node.address],
  "core.decref": ({ core, list }) => (core.incref(list.address), [list.address]),
  "core.refcount": ({ node }) => [node.address],
  "core.getRef": ({ node }) => [node.address, 0],
  "core.setRef": ({ node, list }) => [node.address, 0, list.address],
  "core.collect": () => [2],
  "core.threshold": () => [0],
  "core.count": () => [0],
  "core.setThresholds": () => [700, 10, 10],
  "batch.create": ({ Node }) => [Node, 2],
  "batch.incref": (cast) => [one(cast)],
  "batch.decref": (cast) => (cast.batch.incref(one(cast) as never), [one(cast)]),
  "batch.get": (cast) => [cast.Node, "n", one(cast)],
  "batch.set": (cast) => [cast.Node, "n", one(cast), Int32Array.of(5)],
  "gc.collect": () => [2],
  "gc.pause": () => [nothing],
  "gc.step": () => [1000],
  "gc.setThreshold": () => [700, 10, 10],
  "gc.setByteThreshold": () => [0],
  "gc.setDebug": () => [0],
  "gc.getTrackedCount": () => [0],
  "gc.getObjects": () => [0],
  "gc.getReferrers": ({ list }) => [list],
  "gc.getReferents": ({ list }) => [list],
  "gc.isTracked": ({ list }) => [list],
  "gc.isFinalized": ({ list }) => [list],
  "weakref.ref": ({ node }) => [node, nothing],
  "weakref.keyMap": ({ node }) => [[[node, 1]]],
  "weakref.valueMap": ({ node }) => [[["k", node]]],
  "weakref.set": ({ node }) => [[node]],
  "weakref.getCount": ({ node }) => [node],
  "weakref.getRefs": ({ node }) => [node],
  "weakref.proxy": ({ node }) => [node, nothing],
  "weakref.finalize": ({ node }) => [node, nothing, 1],
  "roots.has": () => ["root"],
  "roots.get": () => ["root"],
  "roots.set": ({ list }) => ["root", list],
  "roots.delete": () => ["root"],
  "trace.start": () => [{ frames: 1 }],
  "trace.getObjectTraceback": ({ list }) => [list],
  "snapshot.statistics": () => ["line"],
  "snapshot.compareTo": ({ snapshot }) => [snapshot, "line"],
  "Node.new": () => [{ n: 1, any: "x" }],
  "Node.slotOf": () => ["next"],
  "Node.is": ({ node }) => [node],
  "node.get": () => ["n"],
  "node.set": () => ["n", 2],
  "node.read": () => ["next", "n"],
  "node.is": ({ list }) => [list],
  "node.equals": ({ list }) => [list],
  "node.has": () => ["next"],
  "node.isNull": () => ["next"],
  "node.n=": () => [1],
  "node.next=": ({ list }) => [list],
  "node.any=": () => [1],
  "node.title=": () => ["text"],
  "heap.maxBytes=": () => [0xffff0000],
  "gc.pauses=": () => ["bounded"],
  "gc.debugSink=": () => [nothing],
  "list.equals": ({ list }) => [list],
  "list.append": () => [1],
  "list.extend": () => [[1]],
  "list.insert": () => [0, 1],
  "list.set": () => [0, 1],
  "list.get": () => [0],
  "list.isNull": () => [0],
  "tuple.get": () => [0],
  "list.pop": () => [0],
  "list.remove": () => [1],
  "list.removeRange": () => [0, 1],
  "list.slice": () => [0, 1, 1],
  "list.setSlice": () => [0, 1, [5], 1],
  "list.at": () => [0],
  "list.count": () => [1],
  "tuple.slice": () => [0, 1, 1],
  "list.sort": () => [(): number => 0],
  "list.indexOf": () => [1, 0, 2],
  "list.includes": () => [1],
  "list.read": () => [0],
  "dict.get": () => ["k"],
  "dict.isNull": () => ["k"],
  "dict.set": () => ["k", 1],
  "dict.setDefault": () => ["k", 1],
  "dict.update": () => [{ a: 1 }],
  "dict.pop": () => ["k", 1],
  "dict.has": () => ["k"],
  "dict.delete": () => ["k"],
  "set.add": () => [1],
  "set.update": () => [[1]],
  "set.delete": () => [1],
  "frozenset.union": () => [[1]],
  "frozenset.symmetricDifference": () => [[1]],
  "set.union": () => [[1]],
  "set.intersection": () => [[1]],
  "set.difference": () => [[1]],
  "set.symmetricDifference": () => [[1]],
  "set.isSubsetOf": () => [[1]],
  "set.isSupersetOf": () => [[1]],
  "set.isDisjointFrom": () => [[1]],
  "bytes.get": () => [0],
  "bytes.at": () => [0],
  "bytes.slice": () => [0, 1],
  "bytes.copyTo": () => [new Uint8Array(4), 0, 0, 1],
  "keyMap.get": ({ node }) => [node],
  "keyMap.isNull": ({ node }) => [node],
  "keyMap.set": ({ node }) => [node, 1],
  "keyMap.has": ({ node }) => [node],
  "keyMap.delete": ({ node }) => [node],
  "keyMap.setDefault": ({ node }) => [node, 1],
  "keyMap.pop": ({ node }) => [node, 1],
  "keyMap.update": ({ node }) => [[[node, 1]]],
  "weakSet.add": ({ node }) => [node],
  "weakSet.update": ({ node }) => [[node]],
  "valueMap.get": () => ["k"],
  "valueMap.has": () => ["k"],
  "valueMap.set": ({ node }) => ["k", node],
  "valueMap.delete": () => ["k"],
  "valueMap.setDefault": ({ node }) => ["k", node],
  "valueMap.pop": () => ["k", 1],
  "valueMap.update": ({ node }) => [[["k", node]]],
};
