// The core as a file that Vite puts beside the code, as docs/slim.md says.

import { Heap } from "heapwright/slim";
import url from "heapwright/core.wasm?url";

async function collect() {
  const heap = await Heap.create({ module: fetch(url) });
  const list = heap.list([1]);
  list.append(list);
  list.release();
  const collected = heap.gc.collect();
  heap.verify();
  return `${collected} by the core at ${new URL(url, location.href).pathname}`;
}

collect()
  .catch(String)
  .then((text) => {
    document.getElementById("collected").textContent = text;
    window.text = text;
  });
