import { Reach, garbageHeads, reachability } from "../analysis/reachability.js";
import type { Reachability } from "../analysis/reachability.js";
import { unexplained } from "../analysis/held.js";
import {
  EDGE_ASIDE,
  EDGE_INTERNAL,
  EdgeLabel,
  EdgeStrength,
  LABEL_MASK,
  NO_GENERATION,
  RootKind,
  STRENGTH_MASK,
} from "../graph/graph.js";
import type { GraphType, HeapGraph } from "../graph/graph.js";
import { finish } from "../steps.js";
import { ByteWriter } from "./byte-writer.js";
import { TraceTree } from "./traces.js";

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

const NODE_TYPES = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "regexp",
  "number",
  "native",
  "synthetic",
  "concatenated string",
  "sliced string",
  "symbol",
  "bigint",
  "object shape",
  "wasm object",
];
const STRING = NODE_TYPES.indexOf("string");
const OBJECT = NODE_TYPES.indexOf("object");
const NATIVE = NODE_TYPES.indexOf("native");
const SYNTHETIC = NODE_TYPES.indexOf("synthetic");

const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
const [ELEMENT, PROPERTY, INTERNAL, HIDDEN, SHORTCUT, WEAK] = [1, 2, 3, 4, 5, 6];

const GROUP_NAMES: Readonly<Record<RootKind, string>> = {
  [RootKind.HANDLE]: "(host handles)",
  [RootKind.NAMED]: "(named roots)",
  [RootKind.IMMORTAL]: "(immortals)",
  [RootKind.RUNTIME]: "(runtime)",
  [RootKind.ENGINE]: "(engine roots)",
};

/** DevTools reads all texts as one string, which V8 limits to 2^29 - 24 characters, quotes and escapes included. */
const MOST_CHARACTERS = 2 ** 28;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** A node that stands for no object, and its edges: label (a string or a number) and target in the file. */
interface Group {
  name: string;
  edges: { label: string | number; target: number }[];
}

/** Texts of the file: those of the graph under their indexes, then what else is needed. */
class Texts {
  readonly #graph: readonly string[];
  readonly #more: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(graph: readonly string[]) {
    this.#graph = graph;
  }

  index(text: string): number {
    let index = this.#known.get(text);
    if (index === undefined) {
      index = this.#graph.length + this.#more.length;
      this.#more.push(text);
      this.#known.set(text, index);
    }
    return index;
  }

  *all(): Generator<string, void> {
    yield* this.#graph;
    yield* this.#more;
  }
}

/** The file, in chunks of some 100 kB, made as they are asked for. */
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
    // The root has the id that V8's has; those of the other groups are even, those of objects odd.
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

function metaWith(extra: readonly string[]): object {
  return {
    node_fields: ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness", ...extra],
    node_types: [
      NODE_TYPES,
      "string",
      ...["number", "number", "number", "number", "number"],
      ...extra.map(() => "number"),
    ],
    edge_fields: ["type", "name_or_index", "to_node"],
    edge_types: [EDGE_TYPES, "string_or_number", "node"],
    trace_function_info_fields: ["function_id", "name", "script_name", "script_id", "line", "column"],
    trace_node_fields: ["id", "function_info_index", "count", "size", "children"],
    sample_fields: ["timestamp_us", "last_assigned_id"],
    location_fields: ["object_index", "script_id", "line", "column"],
  };
}

/** The synthetic nodes, of which the first is the root. All children of the root must be synthetic. */
function groupsOf(graph: HeapGraph, reach: Reachability): Group[] {
  const { roots } = graph;
  const gcRoots: Group = { name: "(GC roots)", edges: [] };
  const root: Group = { name: "", edges: [] };
  const groups = [root, gcRoots];
  const targets: [Group, string | number, number][] = [];
  const groupOf = (name: string): Group => {
    let group = groups.find((one) => one.name === name);
    if (!group) groups.push((group = { name, edges: [] }));
    return group;
  };
  for (let i = 0; i < roots.count; i++) {
    const group = groupOf(GROUP_NAMES[roots.kind[i] as RootKind]);
    const name = graph.strings[roots.name[i] as number] as string;
    targets.push([group, name, roots.target[i] as number]);
  }
  for (const v of unexplained(graph).nodes) targets.push([groupOf("(leaked references)"), "", v]);
  for (const v of garbageHeads(graph, reach)) targets.push([groupOf("(unreachable: awaiting cycle GC)"), "", v]);
  for (const [group, name, target] of targets)
    group.edges.push({ label: name === "" ? group.edges.length + 1 : name, target: groups.length + target });
  root.edges.push({ label: 1, target: 1 });
  for (let g = 2; g < groups.length; g++) {
    const parent = (groups[g] as Group).name.startsWith("(unreachable") ? root : gcRoots;
    parent.edges.push({ label: parent.edges.length + 1, target: g });
  }
  return groups;
}

function nodeTypeOf({ source }: HeapGraph, { kind }: GraphType): number {
  const type = source === "heapsnapshot" ? NODE_TYPES.indexOf(kind) : -1;
  return type >= 0 ? type : kind === "str" ? STRING : OBJECT;
}

function idOf({ nodes }: HeapGraph, v: number): number {
  const id = nodes.id[v] as number;
  // Addresses are multiples of 8 and beyond those few ids that the groups take.
  return id > 0 ? 2 * id + 3 : 2 * Math.floor((nodes.address?.[v] ?? 8 * (v + 128)) / 8);
}

/** Type and name of an edge. */
function edgeOf(graph: HeapGraph, texts: Texts, v: number, e: number, crosses: boolean): [number, number] {
  const kind = graph.edges.kind[e] as number;
  const strength = kind & STRENGTH_MASK;
  const form = kind & LABEL_MASK;
  const label = graph.edges.label[e] as number;
  const field = form === EdgeLabel.SLOT ? graph.types[graph.nodes.type[v] as number]?.fields[label] : undefined;
  const isNumber = form === EdgeLabel.INDEX || (form === EdgeLabel.SLOT && field === undefined);
  const isWeak = crosses || strength === EdgeStrength.WEAK || strength === EdgeStrength.EPHEMERON_MAP;
  const isAside = (kind & EDGE_ASIDE) !== 0;
  const isInternal = (kind & EDGE_INTERNAL) !== 0;
  if (isNumber && !isWeak && !isAside) return [isInternal ? HIDDEN : ELEMENT, label];
  const name =
    field !== undefined
      ? texts.index(field)
      : form === EdgeLabel.NAME
        ? label
        : texts.index(label < 1000 ? String(label) : "…");
  if (isWeak) return [WEAK, name];
  if (isAside) return [SHORTCUT, name];
  return [isInternal || strength === EdgeStrength.EPHEMERON_KEY ? INTERNAL : PROPERTY, name];
}

function fittingLength(texts: Texts): number {
  for (let length = 1000; length > 8; length >>= 1) {
    let total = 0;
    for (const text of texts.all()) total += Math.min(text.length, length) + 4;
    if (total < MOST_CHARACTERS) return length;
  }
  return 8;
}
