// Garbage with finalizers: found in address order, told in birth order, as far as it was found in one go.

import { FLAG_FINALIZED, FLAG_OLD, FLAG_UNREACHABLE } from "../../layout";
import { PENDING, control } from "../../control";
import { finalize } from "../../host";
import {
  ONE_OUTSIDE,
  birthOf,
  headerOf,
  infoOf,
  nextOf,
  setBirth,
  setFlag,
  setHeader,
  setInfo,
  typeIdOf,
} from "../../object/header";
import { isEmpty, remove } from "../../object/links";
import { decref } from "../../death/death";
import { moveTo } from "../../heap/generations";
import { LINK_BITS, appendChain, sortChain } from "../order";

/** Units of work that a finalizer costs. */
const FINALIZER_UNITS: i32 = 100;

/** Takes an object out of generation 2. It is on no list until `sortPending`. */
export function addPending(object: usize): void {
  setBirth(object, (birthOf(object) << LINK_BITS) | (control.pendingChain >>> 3));
  setInfo(object, (infoOf(object) & ~FLAG_OLD) | FLAG_UNREACHABLE);
  control.oldCount--;
  control.pendingChain = <u32>object;
}

/** Puts what was added since the last time on the list, by birth. */
export function sortPending(): void {
  const chain = <usize>control.pendingChain;
  control.pendingChain = 0;
  if (chain) appendChain(PENDING, sortChain(chain));
}

/** Runs the next finalizer; the object is old again, and young in birth. False if there is none. */
export function tellNext(): bool {
  if (isEmpty(PENDING)) return false;
  const object = nextOf(PENDING);
  moveTo(2, object);
  setFlag(object, FLAG_FINALIZED);
  setHeader(object, headerOf(object) + ONE_OUTSIDE);
  finalize(object, typeIdOf(object));
  decref(object);
  control.work -= FINALIZER_UNITS;
  return true;
}
