import type { Suspect } from "../../../dump/analysis/suspects.js";
import { accumulationPoint, suspects } from "../../../dump/analysis/suspects.js";
import type { Dominated } from "../../../dump/analysis/dominated.js";
import type { DominatorTree } from "../../../dump/analysis/dominators.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import type { Dump } from "../dump.js";
import { isSynthetic, objectJson, objectName } from "../objects.js";
import { heading, line, list, note, omitted, table } from "../report.js";
import type { Block, Report } from "../report.js";
import { bytes, grouped, percent, plural, shown } from "../text.js";

export interface TopOptions {
  readonly limit: number;
  /** Include objects at any depth of the dominator tree, not only the top level. */
  readonly all?: boolean;
}

/** Lists the objects that retain most, and their accumulation points. */
export async function top(dump: Dump, { limit, all = false }: TopOptions): Promise<Report> {
  const { graph } = dump;
  const tree = await dump.tree();
  const children = await dump.children();
  const nodes = all ? [...tree.order].filter((v) => !isSynthetic(graph, v)) : topLevel(graph, tree, children);
  const retainedOf = (v: number): number => tree.retained[v] as number;
  nodes.sort((a, b) => retainedOf(b) - retainedOf(a) || a - b);
  const total = retainedOf(tree.root);
  const share = (v: number): number => (total === 0 ? 0 : retainedOf(v) / total);
  const pileOf = (v: number): number => accumulationPoint(tree, children, v);
  const found = (await dump.run(suspects(graph, tree, { children }))).filter(({ node }) => !isSynthetic(graph, node));
  const shownRows = list(nodes, limit, (v) => ({
    object: objectJson(graph, v, tree),
    share: share(v),
    retainedCount: tree.retainedCount[v] as number,
    accumulation: objectJson(graph, pileOf(v), tree),
  }));
  const suspectRows = list(found, limit, (one) => ({
    reason: one.reason,
    object: objectJson(graph, one.node, tree),
    retained: one.retained,
    share: one.share,
    count: one.count,
    accumulation: objectJson(graph, one.accumulation, tree),
  }));
  return {
    json: { file: dump.file, retained: total, top: shownRows, suspects: suspectRows },
    text: [
      line(`${bytes(total)} retained by the roots, ${plural(tree.count, "object")}`),
      heading(all ? "Largest objects" : "Largest objects that nothing else dominates"),
      table(
        ["retained", "share", "objects", "<object", "<piles up in"],
        nodes.slice(0, limit).map((v) => {
          const pile = pileOf(v);
          return [
            bytes(retainedOf(v)),
            percent(share(v)),
            grouped(tree.retainedCount[v] as number),
            objectName(graph, v),
            pile === v ? "" : objectName(graph, pile),
          ];
        }),
      ),
      ...omitted(shownRows),
      ...suspectText(graph, found.slice(0, limit)),
      ...omitted(suspectRows),
    ],
  };
}

/** The nodes that only the root, or a synthetic node, dominates. */
export function topLevel(graph: HeapGraph, { root }: DominatorTree, { first, child }: Dominated): number[] {
  const found: number[] = [];
  const stack = [root];
  for (let v = stack.pop(); v !== undefined; v = stack.pop())
    for (let i = first[v] as number, end = first[v + 1] as number; i < end; i++) {
      const w = child[i] as number;
      if (isSynthetic(graph, w)) stack.push(w);
      else found.push(w);
    }
  return found;
}

function suspectText(graph: HeapGraph, found: readonly Suspect[]): Block[] {
  if (found.length === 0) return [];
  const first = found[0] as Suspect;
  return [
    heading("Suspects"),
    ...found.map((one) => line(suspectLine(graph, one))),
    note(`next: why ${objectName(graph, first.accumulation).split(" ").at(-1) as string}`),
  ];
}

function suspectLine(graph: HeapGraph, one: Suspect): string {
  const size = `${bytes(one.retained)}, ${percent(one.share)}`;
  const pile = one.accumulation === one.node ? "" : `; it piles up in ${objectName(graph, one.accumulation)}`;
  switch (one.reason) {
    case "object":
      return `${objectName(graph, one.node)} retains ${size}${pile}`;
    case "type":
      return `${plural(one.count, "object")} of type ${shown(one.type)} retain ${size} together`;
    case "fan-out":
      return `${objectName(graph, one.node)} has ${plural(one.count, "reference")} and retains ${size}`;
    case "leaked reference":
      return `${objectName(graph, one.node)} is held by ${plural(one.count, "reference")} that nothing explains, and retains ${size}`;
  }
}
