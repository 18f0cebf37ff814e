/** The small sections of an image that describe the whole heap. */
import { BUFFER_DATA_OFFSET, INFO_OFFSET, ROOTS_SATURATED, ROOTS_SHIFT } from "../../assembly/layout.js";
import { SAVED_PLACES } from "../wasm/control-fields.js";
import type { ControlValues } from "../wasm/control-fields.js";
import type { LiveMemory } from "./live-memory.js";

/** CTRL: the saved fields of the control block, then the first object of generation 0 and of 1. */
export function controlRow(control: ControlValues, young: readonly number[]): number[] {
  const row: number[] = [];
  for (const { field, bytes } of SAVED_PLACES) {
    const value = control[field];
    row.push(value);
    if (bytes === 8) row.push(Math.floor(value / 2 ** 32));
  }
  row.push(...young);
  return row;
}

/** The first object of generation 0, and of 1; 0 = none. */
export function firstOfYoung(memory: LiveMemory): [number, number] {
  const [first = 0, second = 0] = memory.heads.map((head) => {
    const first = memory.word(head - 8);
    return first === head ? 0 : first;
  });
  return [first, second];
}

/** SATU: objects with more outside references than their header can hold, and how many. Immortal objects have no count. */
export function saturatedRows(memory: LiveMemory, rootsOf: (object: number) => number): number[] {
  const rows: number[] = [];
  const { rootsMapBuffer, rootsMapCapacity } = memory.control;
  if (rootsMapBuffer === 0) return rows;
  const start = (rootsMapBuffer + BUFFER_DATA_OFFSET) >>> 2;
  const objects: number[] = [];
  for (let i = 0; i < rootsMapCapacity; i++) {
    const object = memory.u32[start + 2 * i] as number;
    if (object !== 0 && memory.word(object + INFO_OFFSET) >>> ROOTS_SHIFT === ROOTS_SATURATED) objects.push(object);
  }
  for (const object of objects.sort((a, b) => a - b)) rows.push(object, rootsOf(object));
  return rows;
}

export function bytesOf(numbers: readonly number[] | Uint32Array): Uint8Array {
  const words = Uint32Array.from(numbers);
  return new Uint8Array(words.buffer);
}
