// Buffers: raw memory that one container, table or loan owns. They have a header, so that walks over pages recognize
// them, but they hold no references, and live as long as their owner does.

import { TYPE_BUFFER } from "../layout";
import { allocBlock, classForPayload } from "../memory/blocks";
import { BLOCK_LEAF } from "../memory/page";
import { setInfo, setRefcount } from "../object/header";

/**
 * A buffer of at least `bytes` undefined bytes, which begin at BUFFER_DATA_OFFSET; 0 = out of memory. Never collects.
 */
export function newBuffer(bytes: u32): usize {
  const buffer = allocBlock(bytes, classForPayload(bytes, BLOCK_LEAF), BLOCK_LEAF);
  if (!buffer) return 0;
  setRefcount(buffer, 1);
  setInfo(buffer, TYPE_BUFFER);
  return buffer;
}

/** A buffer for `count` elements of `1 << shift` bytes; 0 = out of memory, which includes sizes beyond 32 bits. */
export function newArray(count: u32, shift: u32): usize {
  return count <= u32.MAX_VALUE >>> shift ? newBuffer(count << shift) : 0;
}
