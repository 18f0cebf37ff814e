import { NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import type { DominatorTree } from "./dominators.js";

/**
 * The dominator tree merged by type: a row stands for all nodes whose dominators, from the root down, have the same types.
 * Neighbours of one type count as one step, so that a list is one row, not thousands. For icicles and flame graphs, and
 * for comparing dumps, since names stay where addresses change.
 */
export interface DominatorPaths {
  /** Row 0 is the root. */
  readonly count: number;
  /** Row above; {@link NO_NODE} for row 0. A row's number is higher than that of the row above. */
  readonly parent: Uint32Array;
  /** Index into `graph.types`; {@link NO_NODE} for row 0. */
  readonly type: Uint32Array;
  /** Nodes of the row itself. */
  readonly nodes: Uint32Array;
  /** Their own bytes. */
  readonly bytes: Float64Array;
  /** Bytes of the row and all below it. */
  readonly retained: Float64Array;
  /** By node: its row, {@link NO_NODE} if no root reaches it. */
  readonly row: Uint32Array;
}

/** Maximal depth of a row. Deeper nodes are added to the last row of their path. */
const DEEPEST = 64;

/**
 * Folds the dominator tree: nodes of one type below the same path of types become one row.
 *
 * @example
 * const paths = finish(dominatorPaths(graph, tree));
 * paths.retained[0] === tree.retained[tree.root]; // true: row 0 is the root
 */
export function* dominatorPaths(graph: HeapGraph, tree: DominatorTree): Steps<DominatorPaths> {
  const { nodes } = graph;
  const row = new Uint32Array(nodes.count).fill(NO_NODE);
  const parent: number[] = [NO_NODE];
  const type: number[] = [NO_NODE];
  const depth: number[] = [0];
  const count: number[] = [0];
  const bytes: number[] = [0];
  // Rows by parent row and type. There is a Map for each row, because a single Map would reach the limit on entries.
  const below: (Map<number, number> | undefined)[] = [undefined];
  let done = 0;
  for (const v of tree.order) {
    const dominator = tree.idom[v] as number;
    const above = dominator === tree.root ? 0 : (row[dominator] as number);
    const t = nodes.type[v] as number;
    let mine = above;
    if (type[above] !== t && (depth[above] as number) < DEEPEST) {
      const map = (below[above] ??= new Map<number, number>());
      const known = map.get(t);
      if (known !== undefined) mine = known;
      else {
        mine = parent.length;
        map.set(t, mine);
        parent.push(above);
        type.push(t);
        depth.push((depth[above] as number) + 1);
        count.push(0);
        bytes.push(0);
        below.push(undefined);
      }
    }
    row[v] = mine;
    count[mine] = (count[mine] as number) + 1;
    bytes[mine] = (bytes[mine] as number) + (nodes.selfSize[v] as number);
    if (++done % ITEMS_PER_STEP === 0) yield { phase: "merging dominators by type", done, total: tree.count };
  }
  const retained = Float64Array.from(bytes);
  for (let r = parent.length - 1; r > 0; r--) {
    const above = parent[r] as number;
    retained[above] = (retained[above] as number) + (retained[r] as number);
  }
  return {
    count: parent.length,
    parent: Uint32Array.from(parent),
    type: Uint32Array.from(type),
    nodes: Uint32Array.from(count),
    bytes: Float64Array.from(bytes),
    retained,
    row,
  };
}

/**
 * The names of a row's types, from below the root down to its own.
 *
 * @example
 * const paths = finish(dominatorPaths(graph, tree));
 * dominatorPathNames(graph, paths, paths.row[session]!); // ["list", "Session"]
 */
export function dominatorPathNames(graph: HeapGraph, { parent, type }: DominatorPaths, row: number): string[] {
  const names: string[] = [];
  for (let r = row; r > 0; r = parent[r] as number) names.unshift(graph.types[type[r] as number]?.name ?? "?");
  return names;
}
