import { Heap } from "../../index.js";
import type { Listing } from "./stage.js";

const tuple = (values: readonly number[]): string => `(${values.join(", ")})`;

export const gcModule: Listing = {
  title: "The gc module",
  play(stage) {
    const heap = Heap.createSync();
    const Node = heap.struct("Node", { other: "ref" });
    const nodes = Array.from({ length: 1000 }, () => Node.new());
    stage.code("gc.isenabled()");
    stage.print(`Enabled: ${heap.gc.isEnabled() ? "True" : "False"}`);
    stage.code("gc.get_threshold()");
    stage.print(`Thresholds: ${tuple(heap.gc.getThreshold())}`);
    stage.code("gc.get_count()");
    stage.print(`Counts: ${tuple(heap.gc.getCount())}`);
    stage.code("gc.collect()");
    for (const node of nodes.slice(0, 10)) {
      node.other = node;
      node.release();
    }
    stage.print(`Collected: ${heap.gc.collect()}`);
    stage.print(`Counts: ${tuple(heap.gc.getCount())}`);
    stage.code("len(gc.get_objects())");
    stage.print(`Tracked objects: ${heap.gc.getTrackedCount()}`);
    const [young] = heap.gc.getStats();
    stage.note(
      `1,000 objects were made, which ran ${young.collections} collection of generation 0 on the way. ` +
        "10 of them then held only themselves.",
    );
    heap.dispose();
  },
};
