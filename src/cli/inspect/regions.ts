import type { RegionColumns } from "../../dump/graph/graph.js";

/** The region that contains an address: the last one that begins at or before it. */
export function regionAt({ address, count }: RegionColumns, wanted: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((address[middle] as number) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
