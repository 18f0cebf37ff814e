import { NO_GENERATION, ROOT_KIND_NAMES } from "../../../dump/graph/graph.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import { memoryUse } from "../../../dump/image/memory-use.js";
import type { MemoryUse } from "../../../dump/image/memory-use.js";
import { Reach } from "../../../dump/analysis/reachability.js";
import type { Reachability } from "../../../dump/analysis/reachability.js";
import type { Dump } from "../dump.js";
import { heading, line, note, table } from "../report.js";
import type { Block, Report } from "../report.js";
import { bytes, grouped, percent, plural } from "../text.js";

export interface GenerationRow {
  /** `null`: objects that the collector does not track. */
  readonly generation: number | null;
  readonly count: number;
  readonly bytes: number;
  readonly garbage: number;
}

/** Summarizes a dump, in sums that add up. */
export async function info(dump: Dump): Promise<Report> {
  const { graph } = dump;
  const { nodes, edges, roots } = graph;
  const reach = await dump.reach();
  const { live, garbage, leaked } = reach;
  const total = live.bytes + garbage.bytes + leaked.bytes;
  const memory = memoryUse(graph);
  const generations = nodes.generation ? byGeneration(graph, reach) : null;
  const rootKinds = byRootKind(graph);
  const json = {
    file: dump.file,
    format: dump.format,
    objects: nodes.count,
    references: edges.count,
    roots: roots.count,
    types: graph.types.length,
    bytes: { total, live: live.bytes, garbage: garbage.bytes, leaked: leaked.bytes },
    counts: { live: live.count, garbage: garbage.count, leaked: leaked.count },
    memory,
    generations,
    rootKinds,
    knows: {
      refcounts: nodes.refcount !== null && nodes.outside !== null,
      generations: nodes.generation !== null,
      addresses: nodes.address !== null,
      sites: nodes.site !== null,
      memory: graph.memory !== null,
    },
  };
  const row = (name: string, count: number, size: number): string[] => [
    name,
    grouped(count),
    grouped(size),
    percent(total === 0 ? 0 : size / total),
  ];
  const text: Block[] = [
    line(
      `${dump.format}: ${plural(nodes.count, "object")}, ${plural(edges.count, "reference")}, ${plural(graph.types.length, "type")}`,
    ),
    heading("Objects"),
    table(
      ["<", "count", "bytes", "share"],
      [
        row("live", live.count, live.bytes),
        ...(leaked.count > 0 ? [row("leaked", leaked.count, leaked.bytes)] : []),
        row("garbage", garbage.count, garbage.bytes),
        row("= all", nodes.count, total),
      ],
    ),
    ...(leaked.count > 0
      ? [note("leaked: held by references that no handle and no root explains (see refcounts)")]
      : []),
    ...(memory ? memoryText(memory) : []),
    ...(generations ? generationText(generations) : []),
    heading("Roots"),
    table(
      ["<kind", "count"],
      rootKinds.map(({ kind, count }) => [kind, grouped(count)]),
    ),
  ];
  return { json, text };
}

function memoryText(memory: MemoryUse): Block[] {
  const row = (name: string, size: number): string[] => [name, grouped(size), bytes(size)];
  return [
    heading("Memory"),
    table(
      ["<", "bytes", ""],
      [
        row("objects", memory.objects),
        row("free", memory.free),
        row("overhead", memory.overhead),
        row("= all", memory.bytes),
      ],
    ),
  ];
}

function byGeneration({ nodes }: HeapGraph, { state }: Reachability): GenerationRow[] {
  const rows = [0, 1, 2, null].map((generation) => ({ generation, count: 0, bytes: 0, garbage: 0 }));
  for (let v = 0; v < nodes.count; v++) {
    const row = rows[Math.min(3, nodes.generation?.[v] ?? NO_GENERATION)] as (typeof rows)[number];
    row.count++;
    row.bytes += nodes.selfSize[v] as number;
    if (state[v] === Reach.GARBAGE) row.garbage++;
  }
  return rows;
}

function generationText(rows: readonly GenerationRow[]): Block[] {
  return [
    heading("Generations"),
    table(
      ["<", "count", "bytes", "garbage"],
      rows.map((row) => [
        row.generation === null ? "untracked" : `generation ${row.generation}`,
        grouped(row.count),
        grouped(row.bytes),
        grouped(row.garbage),
      ]),
    ),
  ];
}

function byRootKind({ roots }: HeapGraph): { kind: string; count: number; references: number }[] {
  const rows = ROOT_KIND_NAMES.map((kind) => ({ kind, count: 0, references: 0 }));
  for (let i = 0; i < roots.count; i++) {
    const row = rows[roots.kind[i] as number];
    if (!row) continue;
    row.count++;
    row.references += roots.references[i] as number;
  }
  return rows.filter(({ count }) => count > 0);
}
