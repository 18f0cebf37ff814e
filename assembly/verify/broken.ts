// The result of a failed check: the number of the invariant. The address is stored in the control block.

import { control } from "../control";

export function broken(invariant: u32, address: usize): u32 {
  control.verifyAddress = <u32>address;
  return invariant;
}
