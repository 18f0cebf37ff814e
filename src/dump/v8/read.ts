import { readOptions } from "../../base/arguments.js";
import { eachChunk } from "../../image/byte-source.js";
import type { ByteSource } from "../../image/byte-source.js";
import { BadImageError } from "../../base/errors.js";
import { checkSignal, throwIfAborted } from "../../base/signal.js";
import { checkGraph } from "../graph/check.js";
import { RootKind } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import type { StepOptions } from "../steps.js";
import { classify } from "./classes.js";
import { JsonBytes } from "./json-bytes.js";
import type { Chunks } from "./json-bytes.js";
import { metaOf } from "./meta.js";
import type { Meta } from "./meta.js";
import { markEphemerons, setAside } from "./retaining.js";
import { EdgeRows, NodeRows } from "./rows.js";

/** What {@link readHeapSnapshot} takes. */
export interface ReadOptions extends StepOptions {
  /** Size of the file in bytes, if known: for progress, and to take memory at once instead of growing it. */
  bytes?: number;
}

const READ_OPTIONS: Record<keyof ReadOptions, true> = { onProgress: true, signal: true, bytes: true };

/**
 * Reads a `.heapsnapshot`: what V8 writes (Chrome, Node), and what others write in its format.
 *
 * A stream is never held as a whole, so its size is limited by the columns that come of it. The counts in its
 * head are checked, not trusted.
 *
 * @example
 * import { getHeapSnapshot } from "node:v8";
 * const graph = await readHeapSnapshot(getHeapSnapshot()); // or a file's bytes or stream
 * graph.source; // "heapsnapshot"
 *
 * @throws {@link BadImageError} with the position, if it is none, damaged or cut short.
 * @throws {@link BadValueError} if the source gives no bytes, {@link BadOptionError}.
 * @throws the reason of `signal` when that is aborted, also while the source is awaited.
 */
export async function readHeapSnapshot(source: ByteSource, options: ReadOptions = {}): Promise<HeapGraph> {
  const { onProgress, signal, bytes = 0 } = readOptions(options, READ_OPTIONS);
  checkSignal(signal);
  const work = readSnapshot(bytes);
  let done = 0;
  let step = work.next();
  const next = (chunk: Uint8Array | null) => {
    throwIfAborted(signal);
    step = work.next(chunk);
    done += chunk?.length ?? 0;
    onProgress?.({ phase: "reading", done, total: bytes });
  };
  const take = (chunk: Uint8Array): void => {
    if (!step.done && chunk.length > 0) next(chunk);
  };
  await eachChunk(source, take, signal);
  while (!step.done) next(null);
  return step.value;
}

/** Parses the file. It requests no more bytes once it returns. */
function* readSnapshot(bytes: number): Chunks<HeapGraph> {
  const json: JsonBytes = new JsonBytes();
  let meta: Meta | undefined;
  let nodes: NodeRows | undefined;
  let edges: EdgeRows | undefined;
  let strings: string[] | undefined;
  const seen = new Set<string>();
  yield* json.expect("{");
  if (yield* json.accept("}")) json.fail("Not a heap snapshot: an empty object");
  do {
    const key = yield* json.key();
    if (seen.has(key)) json.fail(`The member ${key} occurs twice`);
    if (KNOWN.has(key)) seen.add(key);
    if (key === "snapshot") {
      const start = json.offset;
      meta = metaOf(yield* json.value(), start);
    } else if (key === "nodes") {
      nodes = yield* readNodes(
        json,
        meta ?? json.fail("The rows come before the member snapshot, which describes them"),
        bytes,
      );
    } else if (key === "edges") {
      edges = yield* readEdges(
        json,
        meta ?? json.fail("The rows come before the member snapshot, which describes them"),
        bytes,
      );
    } else if (key === "strings") {
      const table = [""];
      yield* json.strings((text) => table.push(text));
      strings = table;
    } else yield* json.skip();
  } while (yield* json.accept(","));
  yield* json.expect("}");
  yield* json.end();
  if (!meta) json.fail("The member snapshot is missing");
  if (!nodes) json.fail("The member nodes is missing");
  if (!edges) json.fail("The member edges is missing");
  if (!strings) json.fail("The member strings is missing");
  return assemble(meta, nodes, edges, strings);
}

const KNOWN = new Set(["snapshot", "nodes", "edges", "strings"]);

function* readNodes(json: JsonBytes, meta: Meta, bytes: number): Chunks<NodeRows> {
  const rows = new NodeRows(meta);
  // A number takes at least two bytes, so a larger count is wrong. It is reported below.
  if (meta.nodeCount * meta.nodeWidth * 2 <= bytes) rows.reserve(meta.nodeCount);
  const refuse = (message: string) => json.fail(message);
  const count = yield* json.rows("nodes", meta.nodeWidth, (block, n, before) => {
    if (before + n > meta.nodeCount) json.fail(`There are more nodes than node_count says: ${meta.nodeCount}`);
    rows.take(block, n, refuse);
  });
  if (count !== meta.nodeCount) json.fail(`There are ${count} nodes, and node_count says ${meta.nodeCount}`);
  if (rows.edges !== meta.edgeCount)
    json.fail(`The nodes have ${rows.edges} edges together, and edge_count says ${meta.edgeCount}`);
  if (meta.root >= count) json.fail("There is no root");
  return rows;
}

function* readEdges(json: JsonBytes, meta: Meta, bytes: number): Chunks<EdgeRows> {
  const rows = new EdgeRows(meta);
  if (meta.edgeCount * meta.edgeWidth * 2 <= bytes) rows.reserve(meta.edgeCount);
  const refuse = (message: string) => json.fail(message);
  const count = yield* json.rows("edges", meta.edgeWidth, (block, n, before) => {
    if (before + n > meta.edgeCount) json.fail(`There are more edges than edge_count says: ${meta.edgeCount}`);
    rows.take(block, n, refuse);
  });
  if (count !== meta.edgeCount) json.fail(`There are ${count} edges, and edge_count says ${meta.edgeCount}`);
  return rows;
}

function assemble(meta: Meta, nodes: NodeRows, edges: EdgeRows, strings: string[]): HeapGraph {
  const highest = Math.max(nodes.highestName, edges.highestName);
  if (highest + 1 >= strings.length)
    throw new BadImageError(`A name is string ${highest}, but there are ${strings.length - 1} strings`);
  const kind = nodes.kind.take();
  const id = nodes.id.take();
  const { types, type, label, flags } = classify(kind, nodes.name.take(), meta.nodeTypes, strings);
  const firstEdge = nodes.edgesUpTo.take();
  const columns = { target: edges.target.take(), label: edges.label.take(), kind: edges.kind.take() };
  const all = { count: kind.length, id, firstEdge, strings, ...columns };
  markEphemerons(all);
  setAside(all, meta.root, edges.shortcuts);
  const graph: HeapGraph = {
    source: "heapsnapshot",
    nodes: {
      count: kind.length,
      id,
      address: nodes.address?.take() ?? null,
      type,
      label,
      selfSize: nodes.selfSize.take(),
      refcount: nodes.refcount?.take() ?? null,
      outside: null,
      generation: nodes.generation?.take() ?? null,
      flags,
      site: null,
      firstEdge,
    },
    edges: { count: columns.target.length, ...columns },
    roots: {
      count: 1,
      target: Uint32Array.of(meta.root),
      kind: Uint8Array.of(RootKind.ENGINE),
      name: new Uint32Array(1),
      references: new Uint32Array(1),
    },
    types,
    strings,
    contents: null,
    memory: null,
  };
  checkGraph(graph);
  return graph;
}
