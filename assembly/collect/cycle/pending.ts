// Garbage with hooks, in a cycle: weak references are cleared and their callbacks run (GATHERING); objects with
// finalizers, and everything that those reach, are marked (MARKING_PENDING); finalizers run (FINALIZING).
//
// An object that a finalizer can reach survives this cycle, including the finalizer's own object. It is marked like
// anything reachable, so that the entries of weak maps that lead to it survive too. The next cycle frees it.
//
// Objects are found in address order, and finalized in birth order as far as one step found them.

import { FLAG_FINALIZED, FLAG_HAS_WEAKREFS, FLAG_OLD, FLAG_UNREACHABLE, TYPE_MASK } from "../../layout";
import { mark } from "../../memory/bits";
import { PENDING, control } from "../../control";
import { birthOf, infoOf, nextOf, setBirth, setFlag, setInfo } from "../../object/header";
import { isEmpty } from "../../object/links";
import { hasFinalizer, typeAt } from "../../object/type";
import { moveTo, uncountOld } from "../../heap/generations";
import { clearWeakrefs, nextWeakref } from "../../weak/reference";
import { kill } from "../../death/death";
import { callEach, finalize } from "../../death/hooks";
import { appendItem } from "../../containers/list";
import { markOn } from "../mark/mark";
import { scanSlots } from "../mark/scan";
import { LINK_BITS, appendChain, sortChain } from "../order";

/** Units of work: a finalizer, a callback. */
const FINALIZER_UNITS: i32 = 100;
const CALL_UNITS: i32 = 100;

/**
 * Clears the weak references to a garbage object, and records its finalizer. True if hooks ran: then pages may have
 * changed.
 */
export function gather(object: usize): bool {
  const info = infoOf(object);
  if (hasFinalizer(typeAt(info & TYPE_MASK)) && !(info & FLAG_FINALIZED)) addPending(object);
  if (!(info & FLAG_HAS_WEAKREFS)) return false;
  const first = clearWeakrefs(object);
  if (!first) return false;
  // Callbacks must find whole lists.
  sortPending();
  for (let weakref = first; weakref; weakref = nextWeakref(weakref)) control.work -= CALL_UNITS;
  // Weak references that die after their call count as collected, as in CPython.
  control.cycleCollected += callEach(first);
  return true;
}

/** Takes an object out of generation 2. It is on no list until `sortPending`. */
function addPending(object: usize): void {
  uncountOld(object);
  setBirth(object, (birthOf(object) << LINK_BITS) | (control.pendingChain >>> 3));
  setInfo(object, (infoOf(object) & ~FLAG_OLD) | FLAG_UNREACHABLE);
  control.pendingChain = <u32>object;
}

/** Appends the recorded objects to the list PENDING, sorted by birth. */
export function sortPending(): void {
  const chain = <usize>control.pendingChain;
  control.pendingChain = 0;
  if (chain) appendChain(PENDING, sortChain(chain));
}

/** Begins MARKING_PENDING. */
export function startMarkingPending(): void {
  sortPending();
  control.pendingAt = <u32>nextOf(PENDING);
}

/** Marks the next pending object, and scans what it and those before it reach. True if all is marked. */
export function markPending(): bool {
  if (!control.partial && <usize>control.pendingAt != PENDING) {
    const object = <usize>control.pendingAt;
    control.pendingAt = <u32>nextOf(object);
    mark(object);
    scanSlots(object);
    return false;
  }
  return markOn() && <usize>control.pendingAt == PENDING;
}

/** Runs the next finalizer. Its object is old again, born after the snapshot. False if there is none left. */
export function finalizeNext(): bool {
  if (isEmpty(PENDING)) return false;
  const object = nextOf(PENDING);
  moveTo(2, object);
  setFlag(object, FLAG_FINALIZED);
  if (finalize(object)) kill(object);
  control.work -= FINALIZER_UNITS;
  return true;
}

/** With DEBUG_SAVEALL: a garbage object survives, in `gc.garbage`. */
export function save(object: usize): void {
  mark(object);
  control.cycleCollected++;
  if (control.garbage) appendItem(control.garbage, object);
}
