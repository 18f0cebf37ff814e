// Removing entries from a weak map whose key is alive, and what dies of it.

import { dropSlot, hold } from "../heap/count";
import { firstEntry, nextEntryOf, setNextEntryOf, unlinkEntry } from "../weak/map";
import { kill, release } from "./death";
/** Removes an entry from its weak map. Its value dies if nothing else refers to it. */
export function deleteWeakEntry(entry: usize): void {
  unlinkEntry(entry);
  if (dropSlot(entry)) kill(entry);
}

/** Removes all entries from a weak map before the first of them dies. Entries that finalizers add meanwhile stay. */
export function clearWeakMap(map: usize): void {
  let first: usize = 0;
  let last: usize = 0;
  for (let entry = firstEntry(map); entry; entry = firstEntry(map)) {
    // Held, because only the chain leads to it from now on, and hooks run before it is released below.
    hold(entry);
    unlinkEntry(entry);
    dropSlot(entry);
    if (last) setNextEntryOf(last, entry);
    else first = entry;
    last = entry;
  }
  while (first) {
    const entry = first;
    first = nextEntryOf(entry);
    setNextEntryOf(entry, 0);
    release(entry);
  }
}
