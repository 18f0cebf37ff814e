// The index of a table: 2^log cells. The hash of a key leads to the cell that has the number of its entry.
//
// Open addressing: a search looks at one cell after another, in an order that the hash determines (CPython's, in which
// after some cells every bit of the hash has had an influence), until it finds the entry or a cell that was never used.
// A deleted entry leaves a tombstone, so that searches continue behind it. The next new entry whose search meets the
// tombstone takes its cell.
//
// At least a third of the cells was never used, so a search looks at three cells on average. If n keys have the same
// hash, it looks at all of them.

/** Log2 of the smallest index, and of the largest: with 4-byte cells and 8-byte entries it still fits 4 GiB. */
export const MIN_LOG: u32 = 3;
export const MAX_LOG: u32 = 27;

/** The value of a cell that was never used, and of one whose entry was deleted. */
export const EMPTY: u32 = u32.MAX_VALUE;
export const TOMBSTONE: u32 = u32.MAX_VALUE - 1;

/** Number of entries that an index serves: two thirds of its cells. */
export function capacityOf(log: u32): u32 {
  return ((<u32>2) << log) / 3;
}
/** Log2 of the bytes of a cell. Entry numbers stay below the two special values. */
export function cellShift(log: u32): u32 {
  return log <= 8 ? 0 : log <= 16 ? 1 : 2;
}
export function indexBytes(log: u32): u32 {
  return (<u32>1) << (log + cellShift(log));
}
/** Log2 of the smallest index with at least `cells` cells. */
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

/** The cell of an existing entry with this hash. */
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

/** Makes all cells unused. */
export function clearCells(cells: usize, log: u32): void {
  memory.fill(cells, 0xff, indexBytes(log));
}
