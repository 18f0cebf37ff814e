import { EDGE_ASIDE, EdgeStrength, NodeFlag, STRENGTH_MASK } from "../graph/graph.js";
import type { HeapGraph, RootKind } from "../graph/graph.js";
import { ROOT_KIND_NAMES } from "../graph/graph.js";
import { compareText, edgeName, typeName } from "../graph/names.js";
import { ITEMS_PER_STEP } from "../steps.js";
import type { Steps } from "../steps.js";
import type { Referrers } from "./referrers.js";

/**
 * Whether an edge is one of the references that its target's refcount counts.
 *
 * @example
 * isCounted(EdgeStrength.STRONG); // true
 * isCounted(EdgeStrength.WEAK); // false
 */
export function isCounted(kind: number): boolean {
  const strength = kind & STRENGTH_MASK;
  return (strength === EdgeStrength.STRONG || strength === EdgeStrength.EPHEMERON_KEY) && (kind & EDGE_ASIDE) === 0;
}

/** Where an object's refcount comes from: `refcount = slots + Σ roots + unexplained + extra`. */
export interface RefcountEquation {
  /** As the heap has it. */
  readonly refcount: number;
  /** Not counted: it lives for ever. */
  readonly isImmortal: boolean;
  /** References from other objects. */
  readonly slots: number;
  /** The same by holder, most first: `3 × list [0]`. */
  readonly from: readonly { type: string; field: string; count: number }[];
  /** References from outside, by row of the roots. */
  readonly roots: readonly { row: number; kind: RootKind; references: number }[];
  /** References from outside that no root explains: leaked ones. */
  readonly unexplained: number;
  /** References counted that nobody has (above 0), or had that nobody counted (below 0): a damaged heap. */
  readonly extra: number;
  /** All of it in a line: `3 = 2 slots + 1 handle`. */
  readonly text: string;
}

/**
 * Explains the refcount of node `v`: the references that make it up. It returns `null` if the source does not count
 * references.
 *
 * @example
 * const equation = refcountEquation(graph, finish(referrers(graph)), session);
 * equation?.refcount; // 2
 * equation?.from.map(({ type, field }) => `${type} ${field}`); // ["Session peer", "list [0]"]
 */
export function refcountEquation(graph: HeapGraph, referrers: Referrers, v: number): RefcountEquation | null {
  const { nodes, edges, roots } = graph;
  if (!nodes.refcount || !nodes.outside) return null;
  const refcount = nodes.refcount[v] as number;
  const outside = nodes.outside[v] as number;
  const isImmortal = ((nodes.flags[v] as number) & NodeFlag.IMMORTAL) !== 0;

  const groups = new Map<string, { type: string; field: string; count: number }>();
  let slots = 0;
  for (let i = referrers.first[v] as number, end = referrers.first[v + 1] as number; i < end; i++) {
    const e = referrers.edge[i] as number;
    if (!isCounted(edges.kind[e] as number)) continue;
    slots++;
    const source = referrers.source[i] as number;
    const type = typeName(graph, source);
    const name = edgeName(graph, source, e);
    // The references from items of one container differ only in their index.
    const field = name.startsWith("[") ? "[…]" : name;
    const key = `${type}\0${field}`;
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { type, field: name, count: 1 });
  }
  for (const group of groups.values()) if (group.count > 1 && group.field.startsWith("[")) group.field = "[…]";
  const from = [...groups.values()].sort((a, b) => b.count - a.count || compareText(a.type, b.type));

  const holding: { row: number; kind: RootKind; references: number }[] = [];
  let explained = 0;
  for (let row = 0; row < roots.count; row++) {
    if (roots.target[row] !== v) continue;
    const references = roots.references[row] as number;
    explained += references;
    holding.push({ row, kind: roots.kind[row] as RootKind, references });
  }
  const unexplained = Math.max(0, outside - explained);
  const extra = isImmortal ? 0 : refcount - slots - Math.max(outside, explained);
  const parts = [plural(slots, "slot")];
  const byKind = new Map<number, number>();
  for (const { kind, references } of holding) byKind.set(kind, (byKind.get(kind) ?? 0) + references);
  for (const [kind, references] of byKind)
    if (references > 0) parts.push(plural(references, ROOT_KIND_NAMES[kind] as string));
  if (unexplained > 0) parts.push(`${unexplained} leaked`);
  if (extra !== 0) parts.push(extra > 0 ? `${extra} that nobody has` : `${extra} that nobody counted`);
  const shown = slots === 0 && parts.length > 1 ? parts.slice(1) : parts;
  const text = isImmortal
    ? `immortal; ${shown.join(" + ")}`
    : `${refcount} = ${shown.join(" + ").replace("+ -", "- ")}`;
  return { refcount, isImmortal, slots, from, roots: holding, unexplained, extra, text };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What {@link auditRefcounts} finds. */
export interface RefcountAudit {
  /** Counted references from objects and from outside, of all nodes that are not immortal. */
  readonly total: number;
  /** The number of immortal nodes, whose refcounts are ignored. */
  readonly immortal: number;
  /** Refcount higher than the references there are: it will never be freed. Ascending. */
  readonly extra: Uint32Array;
  /** Refcount lower than the references there are: it will be freed while in use. Ascending. */
  readonly missing: Uint32Array;
  /** References from outside that no root explains, and the nodes that have some. */
  readonly leaked: { references: number; nodes: Uint32Array };
}

/**
 * Compares every refcount with the references there are. `null` if the source does not count references.
 *
 * @example
 * const audit = finish(auditRefcounts(graph));
 * audit?.extra.length; // 0: a heap that verifies has none
 */
export function* auditRefcounts(graph: HeapGraph): Steps<RefcountAudit | null> {
  const { nodes, edges, roots } = graph;
  const { refcount, outside } = nodes;
  if (!refcount || !outside) return null;
  const found = new Float64Array(nodes.count);
  for (let begin = 0; begin < edges.count; begin += ITEMS_PER_STEP) {
    const end = Math.min(edges.count, begin + ITEMS_PER_STEP);
    for (let e = begin; e < end; e++)
      if (isCounted(edges.kind[e] as number)) {
        const w = edges.target[e] as number;
        found[w] = (found[w] as number) + 1;
      }
    yield { phase: "counting references", done: end, total: edges.count };
  }
  const explained = new Float64Array(nodes.count);
  for (let row = 0; row < roots.count; row++) {
    const v = roots.target[row] as number;
    explained[v] = (explained[v] as number) + (roots.references[row] as number);
  }
  const extra: number[] = [];
  const missing: number[] = [];
  const leaked: number[] = [];
  let references = 0;
  let immortal = 0;
  let total = 0;
  for (let v = 0; v < nodes.count; v++) {
    const lost = (outside[v] as number) - (explained[v] as number);
    if (lost > 0) {
      leaked.push(v);
      references += lost;
    }
    if (((nodes.flags[v] as number) & NodeFlag.IMMORTAL) !== 0) {
      immortal++;
      continue;
    }
    // More handles than the heap counts are as wrong as more slots.
    const there = (found[v] as number) + Math.max(outside[v] as number, explained[v] as number);
    total += there;
    if ((refcount[v] as number) > there) extra.push(v);
    else if ((refcount[v] as number) < there) missing.push(v);
  }
  const column = (list: number[]) => Uint32Array.from(list);
  return {
    total,
    immortal,
    extra: column(extra),
    missing: column(missing),
    leaked: { references, nodes: column(leaked) },
  };
}
