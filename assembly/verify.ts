// The second module: what proves a heap sound, over the memory of a core that it is not part of.
//
// The release core can do without, so it is a module of its own there (`verify.wasm`), started at the first
// `verify`; the checked core has both in one. It reads, and writes nothing but `verifyAddress` (and refcounts, which
// it puts back), so it needs no state: it finds the control block where this source has it in every module.

import { control } from "./control";
import { verifyHeap } from "./verify/verify-heap";

/** Where it looks for the control block: the core must have it there. */
export function verifiedBlock(): usize {
  return changetype<usize>(control);
}
/** 0, or the number of the first broken invariant: see invariants.ts. The control block then says at which address. */
export function verify(): u32 {
  return verifyHeap();
}
