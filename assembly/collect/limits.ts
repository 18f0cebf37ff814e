// What decides whether to collect, boiled down to two numbers that a birth compares: see trigger.ts.

import { control } from "../control";

export function isOn(): bool {
  return control.enabled != 0 && control.pauses == 0;
}

/** After anything that decides when to collect has changed. Limits that nothing reaches stand for "never". */
export function setLimits(): void {
  control.birthsLimit = isOn() && control.threshold0 != 0 ? control.threshold0 : i32.MAX_VALUE;
  const room = u32.MAX_VALUE - control.bytesAfter;
  const hasLimit = isOn() && control.byteThreshold != 0 && control.byteThreshold < room;
  control.bytesLimit = hasLimit ? control.bytesAfter + control.byteThreshold : u32.MAX_VALUE;
}
