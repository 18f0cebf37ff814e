import { RegionKind } from "../../../dump/graph/graph.js";
import type { HeapGraph, RegionColumns } from "../../../dump/graph/graph.js";
import { memoryUse } from "../../../dump/image/memory-use.js";
import type { Dump } from "../dump.js";
import { UsageError } from "../errors.js";
import { generationOf } from "../objects.js";
import { regionAt } from "../regions.js";
import { heading, line, list, note, omitted, table } from "../report.js";
import type { Report } from "../report.js";
import { bytes, grouped, percent, plural } from "../text.js";

interface ClassRow {
  readonly blockBytes: number;
  spans: number;
  bytes: number;
  blocks: number;
  used: number;
  free: number;
  /** Bytes at the ends of spans where no block fits. */
  waste: number;
}

/** The occupancy of pages: by size class, by fill level, and spans shared by old and young objects. */
export function fragmentation(dump: Dump, { limit }: { readonly limit: number }): Report {
  const { graph } = dump;
  const use = memoryUse(graph);
  if (!use || !graph.memory) throw new UsageError("this dump has no memory map: only heap images have one");
  const { regions } = graph.memory;
  const classes = classesOf(regions);
  const occupancy = occupancyOf(regions);
  const free = freeRuns(regions);
  const mixed = mixedSpans(graph, regions);
  const rows = list(classes, limit, (row) => ({ ...row, occupancy: row.used / row.blocks }));
  return {
    json: { file: dump.file, memory: use, freeRuns: free, occupancy, mixed, classes: rows },
    text: [
      line(
        `${bytes(use.bytes)} of memory: ${bytes(use.objects)} objects, ${bytes(use.free)} free ` +
          `(${percent(use.free / Math.max(1, use.bytes))}), ${bytes(use.overhead)} overhead`,
      ),
      line(`${plural(free.count, "free run")} of pages, ${bytes(free.bytes)}, the largest ${bytes(free.largest)}`),
      heading("Size classes, those with most free bytes first"),
      table(
        ["block", "spans", "bytes", "used", "blocks", "full", "free", "waste"],
        classes
          .slice(0, limit)
          .map((row) => [
            grouped(row.blockBytes),
            grouped(row.spans),
            bytes(row.bytes),
            grouped(row.used),
            grouped(row.blocks),
            percent(row.used / row.blocks),
            bytes(row.free),
            bytes(row.waste),
          ]),
      ),
      ...omitted(rows),
      heading("Spans by how full they are"),
      table(
        ["<full", "spans", "free"],
        occupancy.map((row) => [`${row.from}–${row.to} %`, grouped(row.spans), bytes(row.free)]),
      ),
      ...(mixed
        ? [
            heading("Lifetimes"),
            line(
              `${plural(mixed.spans, "span")} of ${grouped(mixed.of)} with both old and young objects, ${bytes(mixed.bytes)}`,
            ),
            note("objects that die young there leave holes between old ones"),
          ]
        : []),
    ],
  };
}

function classesOf(regions: RegionColumns): ClassRow[] {
  const rows = new Map<number, ClassRow>();
  for (let r = 0; r < regions.count; r++) {
    if (regions.kind[r] !== RegionKind.SPAN || (regions.blocks[r] as number) === 0) continue;
    const blockBytes = regions.blockBytes[r] as number;
    let row = rows.get(blockBytes);
    if (!row) rows.set(blockBytes, (row = { blockBytes, spans: 0, bytes: 0, blocks: 0, used: 0, free: 0, waste: 0 }));
    const blocks = regions.blocks[r] as number;
    const used = regions.blocksUsed[r] as number;
    const size = regions.bytes[r] as number;
    row.spans++;
    row.bytes += size;
    row.blocks += blocks;
    row.used += used;
    row.free += (blocks - used) * blockBytes;
    row.waste += size - blocks * blockBytes;
  }
  return [...rows.values()].sort((a, b) => b.free - a.free || a.blockBytes - b.blockBytes);
}

function occupancyOf(regions: RegionColumns): { from: number; to: number; spans: number; free: number }[] {
  const rows = Array.from({ length: 10 }, (_, i) => ({ from: 10 * i, to: 10 * (i + 1), spans: 0, free: 0 }));
  for (let r = 0; r < regions.count; r++) {
    const blocks = regions.blocks[r] as number;
    if (regions.kind[r] !== RegionKind.SPAN || blocks === 0) continue;
    const used = regions.blocksUsed[r] as number;
    const row = rows[Math.min(9, Math.floor((10 * used) / blocks))] as (typeof rows)[number];
    row.spans++;
    row.free += (blocks - used) * (regions.blockBytes[r] as number);
  }
  return rows.filter(({ spans }) => spans > 0);
}

function freeRuns(regions: RegionColumns): { count: number; bytes: number; largest: number } {
  const found = { count: 0, bytes: 0, largest: 0 };
  for (let r = 0; r < regions.count; r++) {
    if (regions.kind[r] !== RegionKind.FREE) continue;
    const size = regions.bytes[r] as number;
    found.count++;
    found.bytes += size;
    found.largest = Math.max(found.largest, size);
  }
  return found;
}

const OLD = 1;
const YOUNG = 2;

/** Spans with objects of generation 2 and of generation 0 or 1. */
function mixedSpans(graph: HeapGraph, regions: RegionColumns): { spans: number; of: number; bytes: number } | null {
  const { address, generation, count } = graph.nodes;
  if (!address || !generation) return null;
  const ages = new Uint8Array(regions.count);
  for (let v = 0; v < count; v++) {
    const age = generationOf(graph, v);
    if (age === null) continue;
    const r = regionAt(regions, address[v] as number);
    ages[r] = (ages[r] as number) | (age === 2 ? OLD : YOUNG);
  }
  const found = { spans: 0, of: 0, bytes: 0 };
  for (let r = 0; r < regions.count; r++) {
    if (regions.kind[r] !== RegionKind.SPAN) continue;
    found.of++;
    if (ages[r] !== (OLD | YOUNG)) continue;
    found.spans++;
    found.bytes += regions.bytes[r] as number;
  }
  return found;
}
