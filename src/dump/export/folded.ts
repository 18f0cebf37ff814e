import type { DominatorPaths } from "../analysis/dominator-paths.js";
import type { HeapGraph } from "../graph/graph.js";

/**
 * Folded stacks, which every flame graph tool reads: a line for each path of dominators by type, and the bytes of its
 * objects themselves: `Server;Map;Session 160000`. The lines add up to all that roots retain.
 *
 * @example
 * const text = [...writeFoldedStacks(graph, finish(dominatorPaths(graph, tree)))].join("");
 * text.includes("list;Session "); // true: a line for the sessions of the list
 */
export function* writeFoldedStacks(
  graph: HeapGraph,
  { count, parent, type, bytes }: DominatorPaths,
): Generator<string, void> {
  const names = graph.types.map(({ name }) => frameName(name));
  let lines: string[] = [];
  for (let row = 1; row < count; row++) {
    const size = bytes[row] as number;
    if (size === 0) continue;
    const frames: string[] = [];
    for (let r = row; r > 0; r = parent[r] as number) frames.push(names[type[r] as number] ?? "?");
    lines.push(`${frames.reverse().join(";")} ${size}\n`);
    if (lines.length < 1000) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}

/** Maximal length of a name. */
const NAME_LENGTH = 100;

/** A name without control characters and without the separators of the format. */
function frameName(name: string): string {
  const short = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH)}…` : name;
  const safe = short.replace(/[;\s\p{C}]/gu, "_");
  return safe === "" ? "?" : safe;
}
