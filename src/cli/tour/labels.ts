import { Heap } from "../../index.js";
import { box } from "./draw.js";
import { repr } from "./python.js";
import type { Listing } from "./stage.js";

export const labels: Listing = {
  title: "Names are labels",
  play(stage) {
    const heap = Heap.createSync();
    stage.code("a = [1, 2, 3]");
    let a = heap.list([1, 2, 3]);
    stage.code("b = a");
    const b = a.clone();
    stage.heap(box(heap, "a, b", a).join("\n"));
    stage.code("print(a is b)");
    stage.print(repr(a.is(b)));
    stage.code("print(id(a) == id(b))");
    stage.print(repr(a.address === b.address));
    stage.code("a.append(4); print(b)");
    a.append(4);
    stage.print(repr(b.toJS()));
    stage.code("a = [9]; print(b)");
    const old = a;
    a = heap.list([9]);
    old.release();
    stage.print(repr(b.toJS()));
    stage.note("Reassigning a name moves the label. The list it was on does not change.");
    heap.dispose();
  },
};
