// Removes entries from a weak map whose key is alive, and kills the values that lose their last reference.

import { control } from "../control";
import { firstEntry, releaseEntry } from "../weak/map";
import { goOn, kill } from "./death";
import { startActivation } from "./hooks";
import { stackEntry } from "./leaf";

/** Removes an entry from its weak map. Its value dies if nothing else refers to it. */
export function deleteWeakEntry(entry: usize): void {
  if (releaseEntry(entry)) kill(entry);
}

/** Removes all entries from a weak map before the first of them dies. Entries that finalizers add meanwhile stay. */
export function clearWeakMap(map: usize): void {
  startActivation();
  const floor = control.dyingTop;
  let last: usize = 0;
  for (let entry = firstEntry(map); entry; entry = firstEntry(map)) last = stackEntry(entry, last);
  goOn(0, 0, floor);
}
