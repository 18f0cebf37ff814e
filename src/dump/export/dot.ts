import { EdgeStrength, NO_NODE, NodeFlag, STRENGTH_MASK } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { edgeName, labelOf, rootName, typeName } from "../graph/names.js";
import type { Referrers } from "../analysis/referrers.js";

/** What {@link writeDot} takes. */
export interface DotOptions {
  /** Nodes at most. Default 300: beyond, nobody sees anything in a picture. */
  most?: number;
  /** Steps from the start, in both directions. Default 2. */
  depth?: number;
  /** Only these may be in it: the members of a cycle. */
  among?: ReadonlySet<number>;
  /** Text under a node: bytes it retains, its refcount. */
  note?: (v: number) => string;
}

/**
 * The neighbourhood of some nodes as a picture for Graphviz: what they refer to and what refers to them, with what holds
 * them from outside. What is left out is said in the picture: at a node, how many of its references lead out of it.
 *
 * @example
 * const { text, nodes } = writeDot(graph, finish(referrers(graph)), [session], { depth: 1 });
 * text.startsWith("digraph"); // true: for `dot -Tsvg`
 */
export function writeDot(
  graph: HeapGraph,
  referrers: Referrers,
  start: readonly number[],
  options: DotOptions = {},
): { text: string; nodes: number; omitted: number } {
  const { most = 300, depth = 2 } = options;
  const { picked, omitted } = neighbourhood(graph, referrers, start, { ...options, most, depth });
  const lines = [
    "digraph heap {",
    '  rankdir=LR; node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif"];',
  ];
  const first = new Set(start);
  for (const v of picked)
    lines.push(`  ${nodeLine(graph, referrers, picked, v, first.has(v), options.note?.(v) ?? "")}`);
  for (const v of picked) lines.push(...edgeLines(graph, picked, v));
  lines.push(...rootLines(graph, picked));
  if (omitted > 0) lines.push(`  omitted [shape=plaintext, label=${quote(`${omitted} neighbours omitted`)}];`);
  lines.push("}", "");
  return { text: lines.join("\n"), nodes: picked.size, omitted };
}

function neighbourhood(
  { nodes, edges }: HeapGraph,
  { first, source }: Referrers,
  start: readonly number[],
  { most, depth, among }: { most: number; depth: number; among?: ReadonlySet<number> },
): { picked: Set<number>; omitted: number } {
  const picked = new Set(start.slice(0, most));
  // Nodes that were omitted for lack of room.
  const left = new Set<number>(start.slice(most));
  let layer = [...picked];
  const meet = (w: number, next: number[]): void => {
    if (picked.has(w) || (among && !among.has(w)) || ((nodes.flags[w] as number) & NodeFlag.SYNTHETIC) !== 0) return;
    if (picked.size >= most) {
      if (left.size < MOST_COUNTED) left.add(w);
      return;
    }
    picked.add(w);
    next.push(w);
  };
  for (let step = 0; step < depth; step++) {
    const next: number[] = [];
    for (const v of layer) {
      for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
        meet(edges.target[e] as number, next);
      for (let i = first[v] as number, end = first[v + 1] as number; i < end; i++) meet(source[i] as number, next);
    }
    layer = next;
  }
  return { picked, omitted: left.size };
}

/** The count of omitted nodes stops here. */
const MOST_COUNTED = 1_000_000;

function nodeLine(
  graph: HeapGraph,
  { first, source }: Referrers,
  picked: ReadonlySet<number>,
  v: number,
  isStart: boolean,
  note: string,
): string {
  const { nodes, edges } = graph;
  let out = 0;
  for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++)
    if (!picked.has(edges.target[e] as number)) out++;
  let into = 0;
  for (let i = first[v] as number, end = first[v + 1] as number; i < end; i++)
    if (!picked.has(source[i] as number)) into++;
  const label = labelOf(graph, v);
  const rest = [...(into > 0 ? [`${into} more in`] : []), ...(out > 0 ? [`${out} more out`] : [])].join(", ");
  const words = [typeName(graph, v), ...(label === "" ? [] : [`“${label.slice(0, 40)}”`]), note, rest];
  const text = words.filter((word) => word !== "").map((word) => word.slice(0, 80));
  return `n${v} [label=${quote(text.join("\n"))}${isStart ? ", style=bold, color=red" : ""}];`;
}

function edgeLines(graph: HeapGraph, picked: ReadonlySet<number>, v: number): string[] {
  const { nodes, edges } = graph;
  const lines: string[] = [];
  for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
    const w = edges.target[e] as number;
    if (!picked.has(w)) continue;
    if (lines.length === MOST_EDGES) return lines;
    const isWeak = ((edges.kind[e] as number) & STRENGTH_MASK) === EdgeStrength.WEAK;
    lines.push(
      `  n${v} -> n${w} [label=${quote(edgeName(graph, v, e).slice(0, 40))}${isWeak ? ", style=dashed" : ""}];`,
    );
  }
  return lines;
}

/** Maximal number of edges drawn for one node: a list may contain the same item very often. */
const MOST_EDGES = 600;

function rootLines(graph: HeapGraph, picked: ReadonlySet<number>): string[] {
  const { roots } = graph;
  const lines: string[] = [];
  const known = new Set<number>();
  for (let row = 0; row < roots.count && lines.length < 2 * picked.size; row++) {
    const v = roots.target[row] as number;
    if (!picked.has(v) || known.has(v) || v === NO_NODE) continue;
    known.add(v);
    lines.push(`  r${row} [shape=ellipse, label=${quote(rootName(graph, row).slice(0, 80))}];`, `  r${row} -> n${v};`);
  }
  return lines;
}

/** A string in DOT: quotes and backslashes are escaped, control characters are made visible. */
function quote(text: string): string {
  const safe = text
    .replace(/[\\"]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\p{C}/gu, (character) => `\\\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
  return `"${safe}"`;
}
