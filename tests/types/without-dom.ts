// What differs without the library "DOM" and without types of Node: the core is given as bytes, and streams are iterated over.

import { Heap } from "heapwright/slim";
import { save, saveStream } from "heapwright/image";

export async function main(core: ArrayBuffer): Promise<number> {
  const heap = await Heap.create({ module: core });
  const bytes: Uint8Array = save(heap);
  let length = bytes.length;
  for await (const chunk of saveStream(heap)) length += chunk.length;
  return length;
}
