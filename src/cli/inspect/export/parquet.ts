import { mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ColumnSource } from "hyparquet-writer";
import { Reach } from "../../../dump/analysis/reachability.js";
import { EDGE_ASIDE, NO_GENERATION, NO_NODE, NodeFlag, RegionKind, STRENGTH_MASK } from "../../../dump/graph/graph.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import { edgeName, labelOf, rootName, typeName } from "../../../dump/graph/names.js";
import type { Steps } from "../../../dump/steps.js";
import type { Dump } from "../dump.js";
import { regionAt } from "../regions.js";
import { cut, JSON_TEXT } from "../text.js";

type Kind = "INT32" | "INT64" | "STRING" | "BOOLEAN";

/** A column: returns its value for a row, `null` if there is none. */
interface Column {
  readonly name: string;
  readonly type: Kind;
  readonly of: (row: number) => number | bigint | string | boolean | null;
}

/** Maximal number of rows in memory. */
const ROWS = 100_000;
/** Bytes of a page of linear memory. */
const PAGE = 0x1_0000;

/** The tables that {@link exportParquet} writes, each as `<table>.parquet`. */
export const TABLES = ["objects", "refs", "roots"] as const;

export interface Written {
  readonly files: readonly { readonly file: string; readonly rows: number }[];
}

/**
 * Writes `objects.parquet`, `refs.parquet` and `roots.parquet` into a folder, one row group at a time. With a partition
 * (`day=2026-03-01/pod=web-1`), a folder can contain the tables of many dumps, in Hive's layout with a folder for each
 * table: `objects/day=2026-03-01/pod=web-1/app.heap.parquet`. Each row contains the name of its dump.
 */
export async function exportParquet(dump: Dump, folder: string, partition?: string): Promise<Written> {
  const name = basename(dump.file);
  const pathOf = (table: string): string =>
    partition === undefined
      ? join(folder, `${table}.parquet`)
      : join(folder, table, ...partition.split("/"), `${name}.parquet`);
  const { graph } = dump;
  const tables: Readonly<Record<(typeof TABLES)[number], readonly [columns: readonly Column[], rows: number]>> = {
    objects: [await objectColumns(dump, name), graph.nodes.count],
    refs: [refColumns(graph, name), graph.edges.count],
    roots: [rootColumns(graph, name), graph.roots.count],
  };
  const files: { file: string; rows: number }[] = [];
  for (const table of TABLES) {
    const [columns, rows] = tables[table];
    const file = pathOf(table);
    await mkdir(dirname(file), { recursive: true });
    await writeTable(dump, file, columns, rows);
    files.push({ file, rows });
  }
  return { files };
}

async function writeTable(dump: Dump, path: string, columns: readonly Column[], rows: number): Promise<void> {
  const file = await open(path, "w");
  try {
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({
      writer: bytes,
      schema: [
        { name: "schema", num_children: columns.length },
        ...columns.map(({ name, type }) => ({
          name,
          ...(type === "STRING" ? { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const } : { type }),
          repetition_type: "OPTIONAL" as const,
        })),
      ],
      createdBy: "heapwright",
    });
    for (let begin = 0; begin < rows; begin += ROWS) {
      const end = Math.min(rows, begin + ROWS);
      const columnData = await dump.run(columnsOf(columns, begin, end, rows, basename(path)));
      // The writer cannot wait for the file, so its output is taken after each row group.
      await writer.write({ columnData, rowGroupSize: ROWS });
      await drain(bytes, file);
    }
    await writer.finish();
    await drain(bytes, file);
  } finally {
    await file.close();
  }
}

async function drain(writer: ByteWriter, file: FileHandle): Promise<void> {
  await file.writeFile(writer.getBytes());
  // `offset` is not reset: it is the position in the file.
  writer.index = 0;
}

function* columnsOf(
  columns: readonly Column[],
  begin: number,
  end: number,
  total: number,
  file: string,
): Steps<ColumnSource[]> {
  const sources: ColumnSource[] = [];
  for (const { name, of } of columns) {
    const data = new Array<ReturnType<Column["of"]>>(end - begin);
    for (let row = begin; row < end; row++) data[row - begin] = of(row);
    sources.push({ name, data });
    yield { phase: `writing ${file}`, done: begin, total };
  }
  return sources;
}

const STATES = { [Reach.GARBAGE]: "garbage", [Reach.LIVE]: "live", [Reach.LEAKED]: "leaked" } as const;

async function objectColumns(dump: Dump, name: string): Promise<Column[]> {
  const { graph } = dump;
  const { nodes, strings, types, memory } = graph;
  const tree = await dump.tree();
  const depth = await dump.depth();
  const { state } = await dump.reach();
  const { group } = await dump.cycles();
  const names = types.map((type) => cut(type.name, JSON_TEXT));
  const orNull = (value: number | undefined): number | null =>
    value === undefined || value === NO_NODE ? null : value;
  const regionOf = (v: number): number =>
    memory && nodes.address ? regionAt(memory.regions, nodes.address[v] as number) : -1;
  return [
    { name: "dump", type: "STRING", of: () => name },
    { name: "node", type: "INT32", of: (v) => v },
    { name: "id", type: "INT64", of: (v) => (nodes.id[v] === 0 ? null : BigInt(nodes.id[v] as number)) },
    { name: "addr", type: "INT64", of: (v) => (nodes.address ? BigInt(nodes.address[v] as number) : null) },
    { name: "type", type: "STRING", of: (v) => names[nodes.type[v] as number] ?? "" },
    { name: "kind", type: "STRING", of: (v) => types[nodes.type[v] as number]?.kind ?? "" },
    { name: "label", type: "STRING", of: (v) => (nodes.label[v] === 0 ? null : cut(labelOf(graph, v), JSON_TEXT)) },
    { name: "size", type: "INT64", of: (v) => BigInt(nodes.selfSize[v] as number) },
    {
      name: "refcount",
      type: "INT64",
      of: (v) => (nodes.refcount && !isImmortal(graph, v) ? BigInt(nodes.refcount[v] as number) : null),
    },
    { name: "outside", type: "INT64", of: (v) => (nodes.outside ? BigInt(nodes.outside[v] as number) : null) },
    {
      name: "gen",
      type: "INT32",
      of: (v) => (nodes.generation && nodes.generation[v] !== NO_GENERATION ? (nodes.generation[v] as number) : null),
    },
    { name: "state", type: "STRING", of: (v) => STATES[state[v] as Reach] },
    { name: "immortal", type: "BOOLEAN", of: (v) => isImmortal(graph, v) },
    // The root above all roots has no row in the table: NULL.
    { name: "idom", type: "INT32", of: (v) => (tree.idom[v] === tree.root ? null : orNull(tree.idom[v])) },
    { name: "retained", type: "INT64", of: (v) => BigInt(tree.retained[v] as number) },
    { name: "retained_count", type: "INT64", of: (v) => BigInt(tree.retainedCount[v] as number) },
    { name: "depth", type: "INT32", of: (v) => orNull(depth[v]) },
    { name: "scc", type: "INT32", of: (v) => orNull(group[v]) },
    {
      name: "site",
      type: "STRING",
      of: (v) => (nodes.site?.[v] ? cut(strings[nodes.site[v]] ?? "", 2000) : null),
    },
    {
      name: "page",
      type: "INT32",
      of: (v) => (nodes.address ? Math.floor((nodes.address[v] as number) / PAGE) : null),
    },
    {
      name: "class",
      type: "INT32",
      of: (v) => {
        const region = regionOf(v);
        return region >= 0 && memory?.regions.kind[region] === RegionKind.SPAN
          ? (memory.regions.blockBytes[region] as number)
          : null;
      },
    },
  ];
}

function isImmortal({ nodes }: HeapGraph, v: number): boolean {
  return ((nodes.flags[v] as number) & NodeFlag.IMMORTAL) !== 0;
}

const STRENGTHS: readonly string[] = ["strong", "weak", "ephemeron key", "ephemeron map"];

function refColumns(graph: HeapGraph, name: string): Column[] {
  const { nodes, edges } = graph;
  // Rows come in order, one column of a row group at a time. So the source is the last one or the next; otherwise search.
  let v = 0;
  const sourceOf = (e: number): number => {
    if (e < (nodes.firstEdge[v] as number)) v = ownerOf(nodes.firstEdge, e);
    while ((nodes.firstEdge[v + 1] as number) <= e) v++;
    return v;
  };
  return [
    { name: "dump", type: "STRING", of: () => name },
    { name: "src", type: "INT32", of: sourceOf },
    { name: "dst", type: "INT32", of: (e) => edges.target[e] as number },
    { name: "slot", type: "STRING", of: (e) => cut(edgeName(graph, sourceOf(e), e), JSON_TEXT) },
    {
      name: "kind",
      type: "STRING",
      of: (e) => {
        const kind = edges.kind[e] as number;
        return (kind & EDGE_ASIDE) !== 0 ? "aside" : (STRENGTHS[kind & STRENGTH_MASK] as string);
      },
    },
  ];
}

/** The last node whose first edge is not behind `e`. */
function ownerOf(firstEdge: Uint32Array, e: number): number {
  let low = 0;
  let high = firstEdge.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((firstEdge[middle] as number) <= e) low = middle;
    else high = middle - 1;
  }
  return low;
}

function rootColumns(graph: HeapGraph, name: string): Column[] {
  const { roots, nodes } = graph;
  return [
    { name: "dump", type: "STRING", of: () => name },
    { name: "dst", type: "INT32", of: (row) => roots.target[row] as number },
    { name: "root", type: "STRING", of: (row) => cut(rootName(graph, row), 2000) },
    { name: "refs", type: "INT64", of: (row) => BigInt(roots.references[row] as number) },
    {
      name: "type",
      type: "STRING",
      of: (row) => {
        const v = roots.target[row] as number;
        return v < nodes.count ? cut(typeName(graph, v), JSON_TEXT) : null;
      },
    },
  ];
}
