// Entries that leave a weak map while its key lives, and what dies of it.

import { dropSlot, hold } from "../heap/count";
import { firstEntry, nextEntryOf, setNextEntryOf, unlinkEntry } from "../weak/map";
import { kill, release } from "./death";
/** Takes an entry out of its weak map; its value dies if nothing else refers to it. */
export function deleteWeakEntry(entry: usize): void {
  unlinkEntry(entry);
  if (dropSlot(entry)) kill(entry);
}

/** Takes all entries out of a weak map before the first of them dies. What finalizers add meanwhile stays. */
export function clearWeakMap(map: usize): void {
  let first: usize = 0;
  let last: usize = 0;
  for (let entry = firstEntry(map); entry; entry = firstEntry(map)) {
    // Nothing but the chain leads to it now, and hooks run before its turn comes.
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
