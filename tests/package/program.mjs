// Uses each entry of the package, and says what came of it. It is run beside the package, and bundled by several bundlers.

import { readFileSync } from "node:fs";
import { Heap, OutOfMemoryError } from "heapwright";
import * as slim from "heapwright/slim";
import { restoreSync, save, share } from "heapwright/image";
import { trace } from "heapwright/trace";
import { readImageSync } from "heapwright/dump";
import { checkedCore } from "heapwright/checked";
import { openView } from "heapwright/view";

const heap = await Heap.create();
trace(heap).start();
heap.roots.set("list", heap.from([1, "two", [3]]));
const image = save(heap);
const text = JSON.stringify(restoreSync(image).roots.get("list").toJS());
const count = readImageSync(image).nodes.count > 3;
const errors = [() => heap.list(1), () => Heap.createSync({ maxBytes: 1 << 20 }).bytes(new Uint8Array(1 << 21))].map(
  (wrong) => {
    try {
      wrong();
    } catch (error) {
      return [error.name, error.code, error instanceof OutOfMemoryError].join(" ");
    }
  },
);
const checked = Heap.createSync({ module: checkedCore() }).list([1]).get(0);
const core = process.env.CORE === undefined ? undefined : readFileSync(process.env.CORE);
const light = core === undefined ? undefined : slim.Heap.createSync({ module: core });
console.log(
  text,
  count,
  errors.join(),
  checked,
  light?.from(["slim"]).toJS().join(),
  light === undefined || slim.restoreSync(slim.save(light), { module: core }).stats().objects > 0,
  openView(share(heap)).read("list", 2, 0),
);
