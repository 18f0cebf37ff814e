import type { Dump } from "../dump.js";
import { objectJson, objectName } from "../objects.js";
import { compileFilter, numberColumn } from "../query/compile.js";
import { parseFilter } from "../query/parse.js";
import { line, list, omitted, table } from "../report.js";
import type { Report } from "../report.js";
import { bytes, plural } from "../text.js";

export const QUERY_ORDERS = ["retained", "self", "count", "refcount", "in", "out", "depth", "id", "address"] as const;

export interface QueryOptions {
  readonly limit: number;
  readonly by?: (typeof QUERY_ORDERS)[number];
}

/** Lists the objects that match a filter. */
export async function query(dump: Dump, text: string, { limit, by = "retained" }: QueryOptions): Promise<Report> {
  const { graph } = dump;
  const filter = parseFilter(text);
  const test = await compileFilter(dump, filter);
  const tree = await dump.tree();
  const order = await numberColumn(dump, by);
  const found: number[] = [];
  let self = 0;
  for (let v = 0; v < graph.nodes.count; v++) {
    if (!test(v)) continue;
    found.push(v);
    self += graph.nodes.selfSize[v] as number;
  }
  // Objects without the number come last.
  const rank = (v: number): number => (Number.isNaN(order(v)) ? -1 : order(v));
  found.sort((a, b) => rank(b) - rank(a) || a - b);
  const rows = list(found, limit, (v) => objectJson(graph, v, tree));
  return {
    json: { file: dump.file, query: text, by, count: found.length, self, objects: rows },
    text: [
      line(`${plural(found.length, "object")}, ${bytes(self)}`),
      table(
        ["self", "retained", "<object"],
        found
          .slice(0, limit)
          .map((v) => [
            bytes(graph.nodes.selfSize[v] as number),
            bytes(tree.retained[v] as number),
            objectName(graph, v),
          ]),
      ),
      ...omitted(rows),
    ],
  };
}
