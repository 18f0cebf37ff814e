import { Heap } from "../../index.js";
import { box, pair } from "./draw.js";
import type { Listing } from "./stage.js";

export const collection: Listing = {
  title: "Collecting a cycle",
  play(stage) {
    const heap = Heap.createSync();
    const Node = heap.struct(
      "Node",
      { title: "str", other: "ref" },
      {
        finalize: (node) => {
          stage.print(`Deleting ${node.title ?? ""}`);
        },
      },
    );
    stage.print("Creating two nodes:");
    stage.code('node1, node2 = Node("Node 1"), Node("Node 2")');
    const node1 = Node.new({ title: "Node 1" });
    const node2 = Node.new({ title: "Node 2" });
    stage.print("Creating circular reference:");
    stage.code("node1.other, node2.other = node2, node1");
    node1.other = node2;
    node2.other = node1;
    stage.heap(pair(box(heap, node1.title ?? "", node1), box(heap, node2.title ?? "", node2), "other", "other"));
    for (const node of [node1, node2]) stage.print(`${node.title ?? ""} refcount: ${node.refcount}`);
    const watchers = [node1, node2].map((node) => heap.weakref.ref(node));
    stage.print("Deleting our variables:");
    stage.code("del node1, node2");
    node1.release();
    node2.release();
    if (watchers.every((watcher) => watcher.alive)) stage.print("Objects still alive! (reference counts aren't zero)");
    // `deref` takes a reference, which is not counted here.
    const left = watchers.map((watcher) => heap.scope(() => (watcher.deref()?.refcount ?? 1) - 1));
    if (left[0] === left[1]) stage.print(`They only reference each other, but counts are still ${left[0] ?? 0} each`);
    stage.print("Triggering garbage collection:");
    stage.code("collected = gc.collect()");
    const collected = heap.gc.collect();
    stage.print(`Collected ${collected} objects`);
    heap.dispose();
  },
};
