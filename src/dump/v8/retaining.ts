import { EDGE_ASIDE, EDGE_INTERNAL, EdgeLabel, EdgeStrength, LABEL_MASK, STRENGTH_MASK } from "../graph/graph.js";

/** The part of a graph that is needed to find what its edges retain; `kind` is changed. */
interface Edges {
  readonly count: number;
  readonly id: Uint32Array | Float64Array;
  readonly firstEdge: Uint32Array;
  readonly target: Uint32Array;
  readonly label: Uint32Array;
  readonly kind: Uint8Array;
  readonly strings: readonly string[];
}

/** V8 names both edges to a value in a WeakMap alike: from the key, and from the table. */
const EPHEMERON = /^\d+ \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\)$/;

/** Tells the edges from keys and tables of weak maps from others. */
export function markEphemerons({ count, id, firstEdge, label, kind, strings }: Edges): void {
  const tables = new Map<number, number>();
  const tableOf = (string: number): number => {
    let table = tables.get(string);
    if (table === undefined) {
      table = Number(EPHEMERON.exec(strings[string] as string)?.[1] ?? -1);
      tables.set(string, table);
    }
    return table;
  };
  // Most names are asked for often, and a Map has a limit: only those that look like it are kept.
  const isCandidate = new Uint8Array(strings.length);
  strings.forEach(
    (text, i) => (isCandidate[i] = text.length > 40 && text.includes(" pair in WeakMap (table @") ? 1 : 0),
  );
  for (let v = 0; v < count; v++)
    for (let e = firstEdge[v] as number, end = firstEdge[v + 1] as number; e < end; e++) {
      if (((kind[e] as number) & (EDGE_INTERNAL | LABEL_MASK)) !== (EDGE_INTERNAL | EdgeLabel.NAME)) continue;
      const string = label[e] as number;
      if (isCandidate[string] === 0) continue;
      const table = tableOf(string);
      if (table >= 0)
        kind[e] = (kind[e] as number) | (table === id[v] ? EdgeStrength.EPHEMERON_MAP : EdgeStrength.EPHEMERON_KEY);
    }
}

/**
 * Sets aside what does not explain why a program's objects live: shortcuts, and references into what belongs to the
 * program (all that the globals, to which the root has shortcuts, reach) from what does not, such as a debugger's.
 * As Chrome DevTools does, so that retained sizes agree with it.
 */
export function setAside(edges: Edges, root: number, shortcuts: readonly number[]): void {
  const { count, firstEdge, target, kind } = edges;
  const owned = new Uint8Array(count);
  const stack: number[] = [];
  for (const e of shortcuts) {
    const isOfRoot = e >= (firstEdge[root] as number) && e < (firstEdge[root + 1] as number);
    if (!isOfRoot) kind[e] = (kind[e] as number) | EDGE_ASIDE;
    else if (owned[target[e] as number] === 0) {
      owned[target[e] as number] = 1;
      stack.push(target[e] as number);
    }
  }
  if (stack.length === 0) return;
  for (let v = stack.pop(); v !== undefined; v = stack.pop())
    for (let e = firstEdge[v] as number, end = firstEdge[v + 1] as number; e < end; e++) {
      const w = target[e] as number;
      if (((kind[e] as number) & STRENGTH_MASK) === EdgeStrength.WEAK || owned[w] !== 0) continue;
      owned[w] = 1;
      stack.push(w);
    }
  for (let v = 0; v < count; v++) {
    if (v === root || owned[v] !== 0) continue;
    for (let e = firstEdge[v] as number, end = firstEdge[v + 1] as number; e < end; e++)
      if (owned[target[e] as number] !== 0) kind[e] = (kind[e] as number) | EDGE_ASIDE;
  }
}
