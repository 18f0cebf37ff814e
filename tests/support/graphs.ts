import { EDGE_ASIDE, EdgeStrength, NO_NODE, RootKind } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { seededRandom } from "./random.js";

/**
 * A random graph of up to `most` nodes: sparse or dense, with circles, self loops, double edges, hubs, chains,
 * weak edges, parts that no root reaches, and several roots, some of them of one node.
 */
export function randomGraph(seed: number, most: number): HeapGraph {
  const random = seededRandom(seed);
  const build = new GraphBuilder();
  const count = 1 + random(most);
  const degree = 1 + random(4);
  const hubs = random(3);
  for (let v = 0; v < count; v++) build.node(`T${random(5)}`, { size: 8 * (1 + random(20)) });
  const strength = () =>
    random(12) === 0 ? EdgeStrength.WEAK : random(20) === 0 ? EdgeStrength.EPHEMERON_KEY : EdgeStrength.STRONG;
  const style = random(3);
  for (let v = 0; v < count; v++)
    for (let i = random(2 * degree); i > 0; i--) {
      const near = Math.min(count - 1, v + 1 + random(3));
      const to = style === 0 || random(3) === 0 ? random(count) : style === 1 ? near : random(v + 1);
      build.edge(v, to, { strength: strength(), internal: random(30) === 0 ? EDGE_ASIDE : 0 });
      if (random(6) === 0) build.edge(v, to);
      if (hubs && random(3) === 0) build.edge(v, random(Math.min(count, hubs)));
    }
  for (let i = random(4); i >= 0; i--) build.root(random(count), random(2) ? RootKind.HANDLE : RootKind.NAMED, `r${i}`);
  return build.build();
}

/** The nodes that can be reached from the roots by retaining edges, without going through `without`. */
export function reachedWithout(graph: HeapGraph, without: number): Uint8Array {
  const { nodes, edges, roots } = graph;
  const seen = new Uint8Array(nodes.count);
  const stack = [...roots.target].filter((v) => v !== without);
  for (const v of stack) seen[v] = 1;
  for (let v = stack.pop(); v !== undefined; v = stack.pop())
    for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++) {
      const kind = edges.kind[e] as number;
      const w = edges.target[e] as number;
      if ((kind & 1) !== 0 || (kind & EDGE_ASIDE) !== 0 || w === without || seen[w]) continue;
      seen[w] = 1;
      stack.push(w);
    }
  return seen;
}

/** What each node dominates, by taking it away. */
export function bruteForce(graph: HeapGraph): { idom: number[]; retained: number[]; retainedCount: number[] } {
  const { count, selfSize } = graph.nodes;
  const live = reachedWithout(graph, NO_NODE);
  const dominated: Uint8Array[] = [];
  for (let v = 0; v < count; v++) {
    const rest = reachedWithout(graph, v);
    dominated.push(live.map((isLive, w) => (live[v] && isLive && !rest[w] ? 1 : 0)));
  }
  const sum = (set: Uint8Array, of: (v: number) => number) => set.reduce((total, is, v) => total + (is ? of(v) : 0), 0);
  const retainedCount = dominated.map((set) => sum(set, () => 1));
  const idom = Array.from({ length: count }, (_, w) => {
    if (!live[w]) return NO_NODE;
    // Of those that dominate w, the closest is the one that dominates least.
    let best = count;
    for (let v = 0; v < count; v++)
      if (
        v !== w &&
        dominated[v]?.[w] &&
        (best === count || (retainedCount[v] as number) < (retainedCount[best] as number))
      )
        best = v;
    return best;
  });
  const retained = dominated.map((set) => sum(set, (v) => selfSize[v] as number));
  return { idom, retained, retainedCount };
}

/**
 * Immediate dominators by iteration (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm), in the
 * plainest way: an algorithm that has nothing in common with the one it checks.
 */
export function iteratedDominators(graph: HeapGraph): Uint32Array {
  const { nodes, edges, roots } = graph;
  const root = nodes.count;
  const successors = Array.from({ length: root }, (_, v) => {
    const found: number[] = [];
    for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++)
      if (((edges.kind[e] as number) & (EDGE_ASIDE | 1)) === 0) found.push(edges.target[e] as number);
    return found;
  });
  successors.push([...roots.target]);
  const postorder: number[] = [];
  const numberOf = new Int32Array(root + 1).fill(-1);
  const seen = new Uint8Array(root + 1);
  const stack: [number, number][] = [[root, 0]];
  seen[root] = 1;
  while (stack.length > 0) {
    const top = stack.at(-1) as [number, number];
    const next = successors[top[0]]?.[top[1]++];
    if (next === undefined) {
      numberOf[top[0]] = postorder.length;
      postorder.push(top[0]);
      stack.pop();
    } else if (!seen[next]) {
      seen[next] = 1;
      stack.push([next, 0]);
    }
  }
  const predecessors: number[][] = Array.from({ length: root + 1 }, () => []);
  for (const v of postorder) for (const w of successors[v] as number[]) predecessors[w]?.push(v);
  const idom = new Uint32Array(root + 1).fill(NO_NODE);
  idom[root] = root;
  for (let changed = true; changed;) {
    changed = false;
    for (let i = postorder.length - 2; i >= 0; i--) {
      const v = postorder[i] as number;
      let best = NO_NODE;
      for (const p of predecessors[v] as number[]) {
        if (idom[p] === NO_NODE) continue;
        if (best === NO_NODE) best = p;
        for (let a = p; a !== best;) {
          if ((numberOf[a] as number) < (numberOf[best] as number)) a = idom[a] as number;
          else best = idom[best] as number;
        }
      }
      if (idom[v] !== best) {
        idom[v] = best;
        changed = true;
      }
    }
  }
  return idom.slice(0, root);
}
