import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeDot } from "../../../dump/export/dot.js";
import { writeFoldedStacks } from "../../../dump/export/folded.js";
import { writeHeapSnapshot } from "../../../dump/export/heapsnapshot.js";
import { NO_NODE } from "../../../dump/graph/graph.js";
import type { Progress, StepOptions } from "../../../dump/steps.js";
import { throwIfAborted } from "../../../base/signal.js";
import type { Dump } from "../dump.js";
import { FileError, NO_SITES, UsageError } from "../errors.js";
import { find, largestOf } from "../objects.js";
import { reasonOf } from "../open.js";
import { line, note } from "../report.js";
import type { Report } from "../report.js";
import { bytes, grouped, plural, shown } from "../text.js";
import { exportParquet } from "../export/parquet.js";
import { htmlReport } from "../html/report.js";

export const FORMATS = ["heapsnapshot", "parquet", "dot", "folded", "html"] as const;

export interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  /** The output file; for Parquet, a folder. */
  readonly out: string;
  /** For Parquet: the partition in a folder of many dumps, such as `day=2026-03-01/pod=web-1`. */
  readonly partition?: string;
  /** For `.heapsnapshot`: include allocation stacks. */
  readonly sites?: boolean;
  /** For DOT: the object or type to draw. */
  readonly of?: string;
  /** For DOT: draw the largest group of objects in cycles that contains `of`; without `of`, the largest of all. */
  readonly cycle?: boolean;
  /** For DOT: maximal distance from the object. */
  readonly depth?: number;
}

/** Writes a dump for other tools. */
export async function exportDump(dump: Dump, options: ExportOptions, steps: StepOptions = {}): Promise<Report> {
  const { format, out } = options;
  try {
    if (format === "parquet") return await toParquet(dump, options);
    if (format === "dot") return await toDot(dump, options, steps);
    const { written, note: about } = await write(out, await chunksOf(dump, options), steps);
    return report(dump, format, [{ file: out, bytes: written }], about);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== "string") throw error;
    throw new FileError(`cannot write ${shown(out, 200)}: ${reasonOf(error)}`);
  }
}

async function chunksOf(dump: Dump, { format, sites = false }: ExportOptions): Promise<Iterable<Uint8Array | string>> {
  const { graph } = dump;
  if (sites && !graph.nodes.site) throw new UsageError(NO_SITES);
  if (format === "heapsnapshot") return writeHeapSnapshot(graph, { reachability: await dump.reach(), sites });
  if (format === "folded") return writeFoldedStacks(graph, await dump.dominatorPaths());
  return [await htmlReport(dump)];
}

async function write(
  out: string,
  chunks: Iterable<Uint8Array | string>,
  { onProgress, signal }: StepOptions,
): Promise<{ written: number; note?: string }> {
  const stream = createWriteStream(out);
  await once(stream, "open");
  let written = 0;
  try {
    for (const chunk of chunks) {
      throwIfAborted(signal);
      written += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
      const progress: Progress = { phase: `writing, ${bytes(written)}`, done: 0, total: 0 };
      onProgress?.(progress);
      // Waiting also lets the event loop run, so the work can be cancelled.
      if (!stream.write(chunk)) await once(stream, "drain");
    }
    stream.end();
    await once(stream, "finish");
  } finally {
    stream.destroy();
  }
  return { written };
}

function report(
  dump: Dump,
  format: string,
  files: readonly { file: string; bytes?: number; rows?: number }[],
  about?: string,
): Report {
  return {
    json: { file: dump.file, format, files },
    text: [
      ...files.map(({ file, bytes: size, rows }) =>
        line(`${shown(file, 200)}: ${rows === undefined ? bytes(size ?? 0) : plural(rows, "row")}`),
      ),
      ...(about === undefined ? [] : [note(about)]),
    ],
  };
}

/** Partition names and values that all readers interpret alike, and that cannot leave the folder. */
const PARTITION = /^[a-z_]\w{0,50}=\w[\w.-]{0,100}(?:\/[a-z_]\w{0,50}=\w[\w.-]{0,100}){0,9}$/i;

async function toParquet(dump: Dump, { out, partition }: ExportOptions): Promise<Report> {
  if (partition !== undefined && !PARTITION.test(partition))
    throw new UsageError(`expected a partition like day=2026-03-01/pod=web-1, got ${shown(partition)}`);
  return report(dump, "parquet", (await exportParquet(dump, out, partition)).files);
}

async function toDot(dump: Dump, { out, of, cycle, depth }: ExportOptions, steps: StepOptions): Promise<Report> {
  const { graph } = dump;
  const tree = await dump.tree();
  let start: number[];
  let among: ReadonlySet<number> | undefined;
  const target = of === undefined ? undefined : nodeOf(dump, of, (types) => largestOf(graph, types, tree).node);
  if (cycle === true) {
    const found = await dump.cycles();
    const group = target === undefined ? 0 : (found.group[target] as number);
    if (group === NO_NODE || found.count === 0)
      throw new UsageError(of === undefined ? "there are no cycles" : `${shown(of)} is in no cycle`);
    among = new Set(found.node.subarray(found.first[group], found.first[group + 1]));
    start = target === undefined ? [...among].slice(0, 1) : [target];
  } else {
    if (target === undefined)
      throw new UsageError("give the object to draw: --of 0x30008, @1234 or a type; or --cycle");
    start = [target];
  }
  const { text, nodes, omitted } = writeDot(graph, await dump.referrers(), start, {
    ...(among ? { among, depth: depth ?? 300 } : { depth: depth ?? 2 }),
    note: (v) => bytes(tree.retained[v] as number),
  });
  const { written } = await write(out, [text], steps);
  const about = `${plural(nodes, "object")}, ${grouped(omitted)} omitted; draw it with: dot -Tsvg`;
  const made = report(dump, "dot", [{ file: out, bytes: written }], about);
  return { ...made, json: { ...made.json, objects: nodes, omitted } };
}

function nodeOf(dump: Dump, text: string, largest: (types: number[]) => number): number {
  const found = find(dump.graph, text);
  const v = "node" in found ? found.node : largest(found.types);
  if (v === NO_NODE) throw new UsageError(`there is no object of type ${shown(text)}`);
  return v;
}
