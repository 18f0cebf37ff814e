// The index of a table: 2^log cells, in which the number of each entry stands where the hash of its key leads.
//
// Open addressing: a search looks at one cell after another, in an order that the hash decides (CPython's, in which
// after some cells every bit of the hash has had its say), until it comes to the entry or to a cell that was never
// used. A deleted entry leaves a tombstone, so that searches go on behind it; the next entry whose search comes by
// takes its cell. A third of the cells, at least, was never used: a search looks at three cells on average. Where n
// keys have one hash, it looks at all of them.

/** Log2 of the smallest index, and of the largest: with 4-byte cells and 8-byte entries it still fits 4 GiB. */
export const MIN_LOG: u32 = 3;
export const MAX_LOG: u32 = 27;

/** What a cell reads as that was never used, and one whose entry was deleted. */
export const EMPTY: u32 = u32.MAX_VALUE;
export const TOMBSTONE: u32 = u32.MAX_VALUE - 1;

/** Entries that an index serves. */
export function capacityOf(log: u32): u32 {
  return ((<u32>2) << log) / 3;
}
/** Log2 of the bytes of a cell: entries are below the two values that mean something else. */
export function cellShift(log: u32): u32 {
  return log <= 8 ? 0 : log <= 16 ? 1 : 2;
}
export function indexBytes(log: u32): u32 {
  return (<u32>1) << (log + cellShift(log));
}
/** Log2 of the smallest index with so many cells. */
export function logFor(cells: u32): u32 {
  let log = MIN_LOG;
  while ((<u32>1) << log < cells) log++;
  return log;
}

export function readCell(cells: usize, shift: u32, cell: u32): u32 {
  if (shift == 0) {
    const value = <u32>load<u8>(cells + cell);
    return value < 0xfe ? value : value | 0xffffff00;
  }
  if (shift == 1) {
    const value = <u32>load<u16>(cells + (cell << 1));
    return value < 0xfffe ? value : value | 0xffff0000;
  }
  return load<u32>(cells + (cell << 2));
}
export function writeCell(cells: usize, log: u32, cell: u32, value: u32): void {
  const shift = cellShift(log);
  if (shift == 0) store<u8>(cells + cell, <u8>value);
  else if (shift == 1) store<u16>(cells + (cell << 1), <u16>value);
  else store<u32>(cells + (cell << 2), value);
}

/** The cell of an entry with this hash, which is there. */
export function cellOf(cells: usize, log: u32, hash: u32, entry: u32): u32 {
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  let perturb = hash;
  let cell = hash & mask;
  while (readCell(cells, shift, cell) != entry) {
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
  return cell;
}

/** The cell for a new entry with this hash. */
export function freeCell(cells: usize, log: u32, hash: u32): u32 {
  const mask = (1 << log) - 1;
  const shift = cellShift(log);
  let perturb = hash;
  let cell = hash & mask;
  while (readCell(cells, shift, cell) < TOMBSTONE) {
    perturb >>>= 5;
    cell = (cell * 5 + perturb + 1) & mask;
  }
  return cell;
}

/** Makes all cells such as were never used. */
export function clearCells(cells: usize, log: u32): void {
  memory.fill(cells, 0xff, indexBytes(log));
}
