import { NO_NODE } from "../../../dump/graph/graph.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import type { DominatorTree } from "../../../dump/analysis/dominators.js";
import type { Dump } from "../dump.js";
import { findTypes } from "../objects.js";
import { line, list, note, omitted, table } from "../report.js";
import type { Report } from "../report.js";
import { bytes, cut, grouped, JSON_TEXT, percent, plural, shown } from "../text.js";

export interface WhoOptions {
  readonly limit: number;
  /** Number of levels of dominators. */
  readonly levels?: number;
}

interface Row {
  readonly type: number;
  readonly depth: number;
  count: number;
  bytes: number;
  readonly above: Map<number, Row>;
}

/** Lists the dominators of a type's objects by type, the closest first. Adjacent dominators of one type count once. */
export async function who(dump: Dump, name: string, { limit, levels = 3 }: WhoOptions): Promise<Report> {
  const { graph } = dump;
  const types = new Set(findTypes(graph, name));
  const tree = await dump.tree();
  const start: Row = { type: NO_NODE, depth: 0, count: 0, bytes: 0, above: new Map() };
  let garbage = 0;
  for (let v = 0; v < graph.nodes.count; v++) {
    if (!types.has(graph.nodes.type[v] as number)) continue;
    if (tree.idom[v] === NO_NODE) garbage++;
    else climb(graph, tree, start, v, levels);
  }
  const rows = [...inDepth(start)];
  const nameOf = ({ type }: Row): string => (type === NO_NODE ? "(roots)" : (graph.types[type]?.name ?? ""));
  const shownRows = list(rows, limit, (row) => ({
    depth: row.depth,
    type: cut(nameOf(row), JSON_TEXT),
    count: row.count,
    self: row.bytes,
    share: row.bytes / Math.max(1, start.bytes),
  }));
  return {
    json: { file: dump.file, type: name, count: start.count, self: start.bytes, garbage, holders: shownRows },
    text: [
      line(`${plural(start.count, "object")} of type ${shown(name)}, ${bytes(start.bytes)}, held by`),
      table(
        ["count", "self", "share", "<"],
        rows
          .slice(0, limit)
          .map((row) => [
            grouped(row.count),
            bytes(row.bytes),
            percent(row.bytes / Math.max(1, start.bytes)),
            `${"  ".repeat(row.depth - 1)}${row.depth > 1 ? "↑ " : ""}${shown(nameOf(row))}`,
          ]),
      ),
      ...omitted(shownRows),
      ...(garbage > 0 ? [note(`${grouped(garbage)} more are garbage: nothing holds them`)] : []),
    ],
  };
}

function climb({ nodes }: HeapGraph, tree: DominatorTree, start: Row, v: number, levels: number): void {
  const size = nodes.selfSize[v] as number;
  start.count++;
  start.bytes += size;
  let row = start;
  let last = nodes.type[v] as number;
  for (let d = tree.idom[v] as number; row.depth < levels; d = tree.idom[d] as number) {
    const type = d === tree.root ? NO_NODE : (nodes.type[d] as number);
    if (type === last) continue;
    last = type;
    let next = row.above.get(type);
    if (!next) row.above.set(type, (next = { type, depth: row.depth + 1, count: 0, bytes: 0, above: new Map() }));
    next.count++;
    next.bytes += size;
    row = next;
    if (type === NO_NODE) return;
  }
}

/** The rows below `start` in depth-first order; siblings by bytes. */
function* inDepth(start: Row): Generator<Row, void> {
  const stack = [start];
  for (let row = stack.pop(); row; row = stack.pop()) {
    if (row !== start) yield row;
    stack.push(...[...row.above.values()].sort((a, b) => a.bytes - b.bytes || a.count - b.count || b.type - a.type));
  }
}
