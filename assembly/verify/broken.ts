// The result of a check that fails: the number of the invariant. The address goes to the control block.

import { control } from "../control";

export function broken(invariant: u32, address: usize): u32 {
  control.verifyAddress = <u32>address;
  return invariant;
}
