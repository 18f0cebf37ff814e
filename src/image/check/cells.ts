import { cellShift } from "../../wasm/core-layout.js";

type Cells = Uint8Array | Uint16Array | Uint32Array;

/** All words as cells of one, two and four bytes. The cells of an index begin at `firstCell`. */
export function allCells({ buffer, byteOffset, length }: Uint32Array): [Cells, Cells, Cells] {
  const bytes = buffer as ArrayBuffer;
  return [
    new Uint8Array(bytes, byteOffset, 4 * length),
    new Uint16Array(bytes, byteOffset, 2 * length),
    new Uint32Array(bytes, byteOffset, length),
  ];
}
export function firstCell(start: number, log: number): number {
  return start * (4 >>> cellShift(log));
}

/** The index of a table: its cells, from word `start` on. */
export function cellsAt({ buffer, byteOffset }: Uint32Array, start: number, log: number): Cells {
  const View = [Uint8Array, Uint16Array, Uint32Array][cellShift(log)] as typeof Uint8Array;
  return new View(buffer as ArrayBuffer, byteOffset + 4 * start, 2 ** log);
}

/** The value of a cell that was never used. That of a tombstone is one less. */
export function unusedCell(log: number): number {
  return 2 ** (8 << cellShift(log)) - 1;
}
