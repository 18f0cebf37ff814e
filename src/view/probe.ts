import { BadImageError } from "../base/errors.js";
import { MAX_TABLE_LOG, MIN_TABLE_LOG, tableCapacity } from "../wasm/core-layout.js";
import type { Source } from "./source.js";

const CAPACITIES = /* @__PURE__ */ Array.from({ length: MAX_TABLE_LOG + 1 }, (_, log) => tableCapacity(log));

/**
 * Looks for a key in a dict or set: assembly/containers/index-cells.ts. Index of the word of its key, or -1.
 *
 * @param at - Of the dict or set.
 * @param width - Slots of an entry.
 * @param isKey - Whether the object at an address is the key; asked for entries of its hash alone.
 * @throws {@link BadImageError} if the search does not end, or leaves the image.
 */
export function probe<K>(
  source: Source,
  at: number,
  width: number,
  hash: number,
  key: K,
  isKey: (source: Source, address: number, key: K) => boolean,
): number {
  const { words, u8 } = source;
  const damaged = (): BadImageError => new BadImageError("the index of a dict or set is damaged", 4 * at);
  const buffer = words[at + 2] as number;
  if (buffer === 0) return -1;
  const log = (words[at + 6] as number) & 0xff;
  if (log < MIN_TABLE_LOG || log > MAX_TABLE_LOG) throw damaged();
  const capacity = CAPACITIES[log] as number;
  const first = source.at(buffer) + 2;
  const hashes = first + capacity * width;
  const cells = hashes + capacity;
  const mask = (1 << log) - 1;
  hash |= 0;
  let perturb = hash;
  let cell = hash & mask;
  // After seven steps the hash has no influence, and each cell is met once. A sound index has an empty one.
  for (let steps = mask + 8; steps > 0; steps--) {
    // A deleted entry is -2, an empty cell -1.
    let entry: number | undefined;
    if (log <= 8) {
      entry = u8[4 * cells + cell];
      if (entry !== undefined && entry >= 0xfe) entry -= 0x100;
    } else if (log <= 16) {
      const pair = words[cells + (cell >>> 1)];
      entry = pair === undefined ? undefined : (cell & 1) === 0 ? pair & 0xffff : pair >>> 16;
      if (entry !== undefined && entry >= 0xfffe) entry -= 0x10000;
    } else entry = words[cells + cell];
    if (entry === -1) return -1;
    if (entry === undefined || entry >= capacity || entry < -2) throw damaged();
    if (entry >= 0 && words[hashes + entry] === hash) {
      const slot = first + entry * width;
      const address = words[slot] as number;
      // A deleted entry keeps its hash.
      if (address !== 0 && isKey(source, address, key)) return slot;
    }
    perturb >>>= 5;
    cell = (Math.imul(cell, 5) + perturb + 1) & mask;
  }
  throw damaged();
}
