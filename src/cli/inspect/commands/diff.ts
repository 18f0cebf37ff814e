import { diffByDominatorPath, diffByType, matchNodes } from "../../../dump/analysis/diff.js";
import type { DiffRow, Matching } from "../../../dump/analysis/diff.js";
import { growth } from "../../../dump/analysis/growth.js";
import { NO_NODE } from "../../../dump/graph/graph.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import { compareText } from "../../../dump/graph/names.js";
import type { Dump } from "../dump.js";
import { NO_SITES, UsageError } from "../errors.js";
import { objectJson, objectName } from "../objects.js";
import { heading, line, list, note, omitted, table } from "../report.js";
import type { Block, Report } from "../report.js";
import { shortPath } from "../sites.js";
import { bytes, change, cut, cutPath, grouped, JSON_TEXT, plural, shown, signed } from "../text.js";

export interface DiffOptions {
  readonly limit: number;
  readonly by?: "type" | "path" | "site";
}

/** The name of a row as a terminal may have it. */
const SHOWN = {
  type: (name: string) => shown(name),
  path: (name: string) => shown(cutPath(name, 120), 121),
  site: (name: string) => shown(shortPath(name), 120),
};

/** Rejects dumps of different formats: they have no object in common. */
function throwIfUnlike(...[first, ...others]: readonly Dump[]): void {
  for (const other of others)
    if (first && other.graph.source !== first.graph.source)
      throw new UsageError(`the dumps are not of one heap: one is a ${first.format}, another a ${other.format}`);
}

/** Shows the changes between two dumps of one heap. */
export async function diff(before: Dump, after: Dump, { limit, by = "type" }: DiffOptions): Promise<Report> {
  throwIfUnlike(before, after);
  const matching = await after.run(matchNodes(before.graph, after.graph));
  const rows = await rowsBy(by, before, after, matching);
  const [from, to] = [totalOf(before.graph), totalOf(after.graph)];
  const shorten = by === "path" ? cutPath : cut;
  const shownRows = list(rows, limit, ({ name, ...row }) => ({ name: shorten(name, JSON_TEXT), ...row }));
  return {
    json: {
      files: [before.file, after.file],
      by,
      bytes: { before: from, after: to },
      objects: { added: matching.added, removed: matching.removed, kept: matching.kept, uncertain: matching.uncertain },
      changes: shownRows,
    },
    text: [
      line(
        `${bytes(from)} → ${bytes(to)} (${change(to - from)}): ${plural(matching.added, "object")} came, ` +
          `${grouped(matching.removed)} went, ${grouped(matching.kept)} stayed`,
      ),
      ...uncertainty(matching.uncertain),
      table(
        ["bytes", "count", "came", "went", `<${by}`],
        rows
          .slice(0, limit)
          .map((row) => [
            change(row.bytes),
            signed(row.count),
            grouped(row.added),
            grouped(row.removed),
            SHOWN[by](row.name),
          ]),
      ),
      ...omitted(shownRows),
    ],
  };
}

function totalOf({ nodes }: HeapGraph): number {
  let total = 0;
  for (let v = 0; v < nodes.count; v++) total += nodes.selfSize[v] as number;
  return total;
}

function uncertainty(count: number): Block[] {
  if (count === 0) return [];
  return [note(`${plural(count, "object")} matched by address only: young objects have no birth number yet`)];
}

async function rowsBy(by: string, before: Dump, after: Dump, matching: Matching): Promise<readonly DiffRow[]> {
  if (by === "site") return diffBySite(before.graph, after.graph, matching);
  if (by === "type") return after.run(diffByType(before.graph, after.graph, matching));
  const paths = { before: await before.dominatorPaths(), after: await after.dominatorPaths() };
  return after.run(diffByDominatorPath(before.graph, after.graph, matching, paths));
}

/** The changes, by allocation site and type. */
function diffBySite(before: HeapGraph, after: HeapGraph, { earlier, isGone }: Matching): DiffRow[] {
  if (!before.nodes.site || !after.nodes.site) throw new UsageError(NO_SITES);
  const rows = new Map<string, { -readonly [Key in keyof DiffRow]: DiffRow[Key] }>();
  const add = (graph: HeapGraph, isNew: (v: number) => boolean, sign: 1 | -1): void => {
    const { nodes, strings, types } = graph;
    for (let v = 0; v < nodes.count; v++) {
      const site = strings[nodes.site?.[v] ?? 0] ?? "";
      const frame = site === "" ? "(unknown)" : (site.split("\n", 1)[0] as string).trim();
      const name = `${types[nodes.type[v] as number]?.name ?? ""} ${frame}`;
      let row = rows.get(name);
      if (!row)
        rows.set(
          name,
          (row = { name, kind: "site", added: 0, addedBytes: 0, removed: 0, removedBytes: 0, count: 0, bytes: 0 }),
        );
      const size = nodes.selfSize[v] as number;
      row.count += sign;
      row.bytes += sign * size;
      if (!isNew(v)) continue;
      if (sign > 0) {
        row.added++;
        row.addedBytes += size;
      } else {
        row.removed++;
        row.removedBytes += size;
      }
    }
  };
  add(before, (v) => isGone[v] !== 0, -1);
  add(after, (v) => earlier[v] === NO_NODE, 1);
  return [...rows.values()]
    .filter((row) => row.added > 0 || row.removed > 0 || row.count !== 0 || row.bytes !== 0)
    .sort((a, b) => b.bytes - a.bytes || b.added - a.added || compareText(a.name, b.name));
}

/** Compares three dumps: of a heap at rest, after some work, after more work. Types that grew twice are suspects. */
export async function diffOfThree(first: Dump, second: Dump, third: Dump, { limit }: DiffOptions): Promise<Report> {
  throwIfUnlike(first, second, third);
  const { types, survivors, uncertain } = await third.run(growth(first.graph, second.graph, third.graph));
  const tree = await third.tree();
  const retainedOf = (v: number): number => tree.retained[v] as number;
  const largest = [...survivors].sort((a, b) => retainedOf(b) - retainedOf(a) || a - b);
  const rows = list(types, limit, ({ name, ...row }) => ({ name: cut(name, JSON_TEXT), ...row }));
  const survivorRows = list(largest, limit, (v) => objectJson(third.graph, v, tree));
  return {
    json: {
      files: [first.file, second.file, third.file],
      uncertain,
      grewTwice: rows,
      survivors: survivorRows,
    },
    text: [
      line(
        `${plural(types.length, "type")} grew twice; ${plural(survivors.length, "object")} of the first growth are still there`,
      ),
      ...uncertainty(uncertain),
      table(
        ["first", "then", "survivors", "their bytes", "<type"],
        types
          .slice(0, limit)
          .map((row) => [
            change(row.grown[0]),
            change(row.grown[1]),
            grouped(row.survivors),
            bytes(row.survivorBytes),
            shown(row.name),
          ]),
      ),
      ...omitted(rows),
      ...(largest.length > 0
        ? [
            heading("Largest survivors"),
            table(
              ["retained", "<object"],
              largest.slice(0, limit).map((v) => [bytes(retainedOf(v)), objectName(third.graph, v)]),
            ),
            ...omitted(survivorRows),
          ]
        : []),
    ],
  };
}
