// The mapping of sizes to size classes, and back.
//
// Classes are 8 bytes apart up to 256 bytes, and then eight to a doubling. So above 64 bytes a block is at most an
// eighth larger than its contents. There are 88 classes, from 16 bytes to 36 KiB.

/** Block size of class 0. */
const SMALLEST: u32 = 16;
/** Up to this size, classes are 8 bytes apart. */
const FINE_LIMIT: u32 = 256;
const FINE_CLASSES: u32 = (FINE_LIMIT - SMALLEST) / 8 + 1;
/** From 256 (2^8) to 32768 (2^15): seven doublings of eight classes; and one class of 36864 bytes. */
export const CLASS_COUNT: u32 = FINE_CLASSES + 7 * 8 + 1;

/** Smallest class whose blocks hold `size` bytes; `size` is at most MAX_CLASS_SIZE. */
export function classOf(size: u32): u32 {
  if (size <= FINE_LIMIT) return size <= SMALLEST ? 0 : (size - SMALLEST + 7) >>> 3;
  const last = size - 1;
  const doubling = 31 - clz(last);
  return FINE_CLASSES + (doubling - 8) * 8 + ((last >>> (doubling - 3)) & 7);
}

/** Bytes of a block of class `index`. */
export function sizeOfClass(index: u32): u32 {
  if (index < FINE_CLASSES) return SMALLEST + index * 8;
  const step = index - FINE_CLASSES;
  return (9 + (step & 7)) << (5 + (step >>> 3));
}

/** Pages of a span of the class: as few as waste at most 1/32 of it at the end. */
export function spanOfClass(index: u32): u32 {
  const size = sizeOfClass(index);
  let pages: u32 = 1;
  while (((pages << 16) % size) << 5 > pages << 16) pages++;
  return pages;
}
