import type { DominatorPaths } from "../../../dump/analysis/dominator-paths.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import { shown } from "../text.js";

/** One box of the picture: `[parent, name, retained bytes, own bytes, objects]`. */
export type Box = [parent: number, name: string, retained: number, self: number, objects: number];

/** Maximal number of boxes in the file. */
const MOST = 4000;

/**
 * The dominator tree, merged by type and reduced for a picture: boxes too small to be seen are merged into one box for
 * each parent. So the sizes of a box's own objects and of the boxes below it still add up to its size.
 */
export function icicle(graph: HeapGraph, paths: DominatorPaths, most = MOST): { boxes: Box[]; merged: number } {
  const { count, parent, type, retained, bytes, nodes } = paths;
  // The largest rows. Their parents are larger, so they are among them, too.
  const ranking = Array.from({ length: count - 1 }, (_, i) => i + 1)
    .sort((a, b) => (retained[b] as number) - (retained[a] as number) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
  const boxOf = new Int32Array(count).fill(-1);
  boxOf[0] = 0;
  const boxes: Box[] = [[-1, "all", retained[0] as number, bytes[0] as number, 0]];
  for (const row of ranking) {
    const above = boxOf[parent[row] as number] as number;
    boxOf[row] = boxes.length;
    const name = shown(graph.types[type[row] as number]?.name ?? "?");
    boxes.push([above, name, retained[row] as number, bytes[row] as number, nodes[row] as number]);
  }
  const rest = new Map<number, Box>();
  let merged = 0;
  for (let row = 1; row < count; row++) {
    if (boxOf[row] !== -1) continue;
    // Only the topmost of the omitted rows: its size includes all rows below it.
    const above = boxOf[parent[row] as number] as number;
    merged++;
    if (above < 0) continue;
    let box = rest.get(above);
    if (!box) rest.set(above, (box = [above, "(smaller)", 0, 0, 0]));
    box[2] += retained[row] as number;
    box[4] += nodes[row] as number;
  }
  boxes.push(...rest.values());
  return { boxes, merged };
}
