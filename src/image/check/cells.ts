import { cellShift } from "../../wasm/core-layout.js";

/** The index of a table: its cells, from word `start` on. */
export function cellsAt(
  { buffer, byteOffset }: Uint32Array,
  start: number,
  log: number,
): Uint8Array | Uint16Array | Uint32Array {
  const View = [Uint8Array, Uint16Array, Uint32Array][cellShift(log)] as typeof Uint8Array;
  return new View(buffer as ArrayBuffer, byteOffset + 4 * start, 2 ** log);
}

/** The value of a cell that was never used. That of a tombstone is one less. */
export function unusedCell(log: number): number {
  return 2 ** (8 << cellShift(log)) - 1;
}
