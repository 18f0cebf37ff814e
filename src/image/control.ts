import { CONTROL_PLACES } from "../wasm/control-fields.js";
import type { ControlValues } from "../wasm/control-fields.js";

/** All fields of a control block. */
export function readControl(u32: Uint32Array, controlBlock: number): ControlValues {
  const values: Partial<ControlValues> = {};
  for (const { field, offset, bytes, isSigned } of CONTROL_PLACES) {
    const at = (controlBlock + offset) >>> 2;
    const low = u32[at] as number;
    values[field] = bytes === 8 ? (u32[at + 1] as number) * 2 ** 32 + low : isSigned ? low | 0 : low;
  }
  return values as ControlValues;
}
