// What the checked build adds. `CHECK` is true in builds with assertions. Elsewhere it is a constant false, and the
// compiler removes what depends on it, so one source gives both builds.

import { control } from "./control";

export const CHECK: bool = !ASC_NO_ASSERT;

/** Bytes behind every payload that nothing may write. `freeBlock` and `verify` look at them. */
export const GUARD_SIZE: u32 = CHECK ? 8 : 0;
/** Fills the guard. Seeing it in a value means a read past the end of a payload. */
export const GUARD_BYTE: u8 = 0xfd;
/** Fills the payload of a freed block. Seeing 0xDDDDDDDD means a use after free. */
export const FREED_BYTE: u8 = 0xdd;

/**
 * Torture switch: whether this request for memory is to fail. All requests after the first that failed fail too, until
 * the switch is set again: memory that has run out stays out.
 */
export function mustFail(): bool {
  if (!CHECK || control.failCountdown == 0) return false;
  if (control.failCountdown > 1) {
    control.failCountdown--;
    return false;
  }
  return true;
}

export function fillGuard(block: usize, size: u32): void {
  memory.fill(block + size - GUARD_SIZE, GUARD_BYTE, GUARD_SIZE);
}

export function isGuardIntact(block: usize, size: u32): bool {
  return load<u64>(block + size - GUARD_SIZE) == 0xfdfdfdfdfdfdfdfd;
}

/** Whether `[start, end)` still holds nothing but FREED_BYTE. Both are multiples of 4. */
export function isPoisoned(start: usize, end: usize): bool {
  for (let at = start; at < end; at += 4) if (load<u32>(at) != 0xdddddddd) return false;
  return true;
}
