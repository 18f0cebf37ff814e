// Counting the references that slots hold: in `refcount` alone.

import { CHECK } from "../check";
import { refcountOf, setRefcount } from "../object/header";
import { shade } from "./barrier";

/** Adds a slot's reference. */
@inline
export function addSlot(object: usize): void {
  const count = refcountOf(object);
  if (CHECK) assert(count != 0, "a slot was given a dying object");
  if (<i32>count >= 0) setRefcount(object, count + 1);
}

/** Takes a slot's reference away. True if it was the last: the caller sees to the death. */
export function dropSlot(object: usize): bool {
  return takeCount(object);
}

/** The same in place: for those that are called most. */
@inline
export function takeCount(object: usize): bool {
  const count = refcountOf(object);
  if (<i32>count < 0) return false;
  if (CHECK) assert(count != 0, "a reference to a dying object was dropped: its refcount was too small");
  setRefcount(object, count - 1);
  if (count == 1) return true;
  shade(object);
  return false;
}
