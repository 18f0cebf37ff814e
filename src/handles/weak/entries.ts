import { EPHEMERON_NEXT_OFFSET, EPHEMERON_PREV_OFFSET, WEAKMAP_FIRST_OFFSET } from "../../../assembly/layout.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

// The entries of a weak map, the oldest first. The core lists them the other way round, and leaves out those whose keys
// are gone, which stay in its chain for a while. Nothing may run between two steps here that could free an entry.

/**
 * The entry after this one (0 = the oldest), which must be one that the core lists; 0 if it was the newest.
 *
 * The core can say which entry comes before another. So it is asked from 2 entries on, from 4, from 8, until one lies
 * between: then any number of gone ones in a row takes time for each once.
 */
export function entryNewerThan({ core, memory }: Store, map: Address, entry: Address): Address {
  const nextInChain = (one: Address): Address =>
    one === 0 ? oldestOf(memory, map) : memory.word(one + EPHEMERON_PREV_OFFSET);
  const olderListed = (one: Address): Address => core.weakMapEntryAfter(map, one) >>> 0;

  const nearest = nextInChain(entry);
  if (nearest === 0) return 0;
  let from = nextInChain(nearest);
  for (let stride = 2; ; stride *= 2) {
    let found = 0;
    for (let older = olderListed(from); older !== entry; older = olderListed(older)) {
      if (older === 0) return 0;
      found = older;
      if (older === nearest) break;
    }
    if (found !== 0 || from === 0) return found;
    for (let i = 0; i < stride && from !== 0; i++) from = nextInChain(from);
  }
}

function oldestOf(memory: Store["memory"], map: Address): Address {
  let oldest = 0;
  let entry = memory.word(map + WEAKMAP_FIRST_OFFSET);
  while (entry !== 0) {
    oldest = entry;
    entry = memory.word(entry + EPHEMERON_NEXT_OFFSET);
  }
  return oldest;
}
