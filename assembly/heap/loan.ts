// Loans: buffers that the host borrows to pass data in or out in one call. Each call has its own loan, so other calls may
// run before it is given back.

import { BUFFER_DATA_OFFSET } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { newBuffer } from "./buffer";

/** Address of at least `bytes` bytes, multiple of 8; 0 = out of memory. */
export function lend(bytes: u32): usize {
  const buffer = newBuffer(bytes);
  if (!buffer) return 0;
  control.loans++;
  return buffer + BUFFER_DATA_OFFSET;
}

/** The same for `count` words of 32 bits. */
export function lendWords(count: u32): usize {
  return count <= u32.MAX_VALUE >>> 2 ? lend(count << 2) : 0;
}

export function giveBack(address: usize): void {
  control.loans--;
  freeBlock(address - BUFFER_DATA_OFFSET);
}
