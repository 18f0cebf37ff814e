import { EDGE_ASIDE, EDGE_INTERNAL, EdgeLabel, EdgeStrength, LABEL_MASK, STRENGTH_MASK } from "../graph/graph.js";

/** The columns needed to find which edges retain their target. `kind` is changed. */
interface Edges {
  readonly count: number;
  readonly id: Uint32Array | Float64Array;
  readonly firstEdge: Uint32Array;
  readonly target: Uint32Array;
  readonly label: Uint32Array;
  readonly kind: Uint8Array;
  readonly strings: readonly string[];
}

/** V8 gives the same name to both edges to a value in a WeakMap: from the key, and from the table. */
const EPHEMERON = /^\d+ \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\)$/;

/** Marks the edges from keys and from tables of weak maps. */
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
  // The same names occur often and a Map has a limit, so only matching names are kept.
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
 * Marks edges that do not explain why an object of the program lives: shortcuts, and references to objects of the program
 * from objects outside it, such as the debugger's. The program's objects are those reachable from the globals, to which
 * the root has shortcuts. Chrome DevTools does the same, so retained sizes agree with it.
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
