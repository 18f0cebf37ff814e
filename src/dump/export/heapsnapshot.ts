import { Reach, reachability } from "../analysis/reachability.js";
import type { Reachability } from "../analysis/reachability.js";
import { NO_GENERATION } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { finish } from "../steps.js";
import { ByteWriter } from "./byte-writer.js";
import { groupsOf } from "./root-groups.js";
import { Texts, fittingLength } from "./texts.js";
import { TraceTree } from "./traces.js";
import { ELEMENT, NATIVE, OBJECT, PROPERTY, SYNTHETIC, edgeOf, idOf, metaWith, nodeTypeOf } from "./v8-format.js";

/**
 * Writes a graph in the format of V8's heap snapshots, for Chrome DevTools, memlab and what else reads them.
 *
 * ```text
 *   (root) ─┬─ (GC roots) ─┬─ (host handles) ──► objects          groups only where there is something in them
 *           │              ├─ (named roots)
 *           │              └─ (leaked references) …
 *           └─ (unreachable: awaiting cycle GC) ──► garbage       its references to live objects are written as weak,
 *                                                                 so that it retains none of them
 * ```
 *
 * The layout is the one that Chrome DevTools, memlab and VS Code's viewer all accept: V8's own, arrays that have
 * nothing in them included. Beside V8's fields, nodes have `refcount`, `generation` (3: none) and `address`, which they ignore.
 * Ids are stable between dumps of one heap, so that their comparison works: 2 · birth number + 3; what has
 * no birth number yet goes by its address.
 */
export interface HeapSnapshotOptions {
  /** Default: computed. */
  reachability?: Reachability;
  /** Characters of a text that are kept. Default 1000, or as many as fit V8's limit of a string of all texts. */
  textLength?: number;
  /** Write where objects were made, as allocation stacks. Default: no, as VS Code's viewer then refuses the file. */
  sites?: boolean;
}

const COMMA = 0x2c;
const NEWLINE = 0x0a;

/**
 * Writes a `.heapsnapshot` for Chrome's memory panel: the file as UTF-8, in chunks of about 100 kB, made as they are
 * asked for.
 *
 * @example
 * await writeFile("program.heapsnapshot", writeHeapSnapshot(graph));
 */
export function* writeHeapSnapshot(graph: HeapGraph, options: HeapSnapshotOptions = {}): Generator<Uint8Array, void> {
  const reach = options.reachability ?? finish(reachability(graph));
  const groups = groupsOf(graph, reach);
  const texts = new Texts(graph.strings);
  const out = new ByteWriter();
  const { nodes, edges } = graph;
  const extra = [
    ...(nodes.refcount ? ["refcount"] : []),
    ...(nodes.generation ? ["generation"] : []),
    ...(nodes.address ? ["address"] : []),
  ];
  const width = 7 + extra.length;
  const traces = options.sites === true && nodes.site ? new TraceTree(graph) : null;

  out.text(
    JSON.stringify({
      snapshot: {
        meta: metaWith(extra),
        node_count: groups.length + nodes.count,
        edge_count: edges.count + groups.reduce((total, group) => total + group.edges.length, 0),
        trace_function_count: traces?.places.length ?? 0,
      },
    }).slice(0, -1),
  );

  out.text(',\n"nodes":[');
  const row = (type: number, name: number, id: number, size: number, degree: number, trace: number) => {
    for (const value of [type, name, id, size, degree, trace]) {
      out.number(value);
      out.byte(COMMA);
    }
    out.byte(0x30);
  };
  for (const [g, group] of groups.entries()) {
    // The root has the same id as in V8. Ids of the other groups are even, those of objects odd.
    if (g > 0) out.byte(COMMA);
    row(SYNTHETIC, texts.index(group.name), g === 0 ? 1 : 2 * g, 0, group.edges.length, 0);
    for (const field of extra) out.text(field === "generation" ? ",3" : ",0");
    out.byte(NEWLINE);
  }
  const typeOf = graph.types.map((type) => nodeTypeOf(graph, type));
  const typeName = graph.types.map(({ name }) => texts.index(name === "Object" ? "Object (struct)" : name));
  for (let v = 0; v < nodes.count; v++) {
    const t = nodes.type[v] as number;
    const type = typeOf[t] as number;
    const label = nodes.label[v] as number;
    const isCalledByType = label === 0 || (graph.source !== "heapsnapshot" && (type === OBJECT || type === NATIVE));
    const degree = (nodes.firstEdge[v + 1] as number) - (nodes.firstEdge[v] as number);
    const name = isCalledByType ? (typeName[t] as number) : label;
    out.byte(COMMA);
    row(type, name, idOf(graph, v), nodes.selfSize[v] as number, degree, traces?.idOf(v) ?? 0);
    for (const column of [nodes.refcount, nodes.generation, nodes.address]) {
      if (!column) continue;
      out.byte(COMMA);
      const value = column[v] as number;
      out.number(column === nodes.generation && value === NO_GENERATION ? 3 : value);
    }
    out.byte(NEWLINE);
    if (out.isFull) yield out.ready();
  }

  out.text('],\n"edges":[');
  let isFirst = true;
  const edge = (type: number, label: number, target: number) => {
    if (!isFirst) out.byte(COMMA);
    isFirst = false;
    out.number(type);
    out.byte(COMMA);
    out.number(label);
    out.byte(COMMA);
    out.number(target * width);
    out.byte(NEWLINE);
  };
  for (const { edges: children } of groups)
    for (const { label, target } of children) {
      if (typeof label === "number") edge(ELEMENT, label, target);
      else edge(PROPERTY, texts.index(label), target);
      if (out.isFull) yield out.ready();
    }
  for (let v = 0; v < nodes.count; v++) {
    const isGarbage = reach.state[v] === Reach.GARBAGE;
    for (let e = nodes.firstEdge[v] as number, end = nodes.firstEdge[v + 1] as number; e < end; e++) {
      const w = edges.target[e] as number;
      const crosses = (reach.state[w] === Reach.GARBAGE) !== isGarbage;
      const [type, label] = edgeOf(graph, texts, v, e, crosses);
      edge(type, label, groups.length + w);
      if (out.isFull) yield out.ready();
    }
  }

  out.text('],\n"trace_function_infos":[');
  for (const [f, { name, script, line, column }] of (traces?.places ?? []).entries())
    out.text(`${f > 0 ? "," : ""}${f},${texts.index(name)},${texts.index(script)},0,${line},${column}\n`);
  out.text('],\n"trace_tree":[');
  for (const part of traces?.tree() ?? []) {
    out.text(part);
    if (out.isFull) yield out.ready();
  }
  out.text('],\n"samples":[],\n"locations":[],\n"strings":[');
  const length = options.textLength ?? fittingLength(texts);
  isFirst = true;
  for (const text of texts.all()) {
    if (!isFirst) out.text(",\n");
    isFirst = false;
    out.text(JSON.stringify(text.length > length ? `${text.slice(0, length)}…` : text));
    if (out.isFull) yield out.ready();
  }
  out.text("]}\n");
  yield out.ready();
}
