import { duplicates } from "../../../dump/analysis/duplicates.js";
import type { Dump } from "../dump.js";
import { objectJson, objectName } from "../objects.js";
import { line, list, omitted, table } from "../report.js";
import type { Report } from "../report.js";
import { bytes, grouped, plural } from "../text.js";

/** Lists groups of equal objects that could be one, and the bytes they waste. */
export async function dups(dump: Dump, { limit }: { readonly limit: number }): Promise<Report> {
  const { graph } = dump;
  const { groups, wasted, nodes } = await dump.run(duplicates(graph));
  const rows = list(groups, limit, ({ node, count, wasted: waste }) => ({
    object: objectJson(graph, node),
    count,
    wasted: waste,
  }));
  return {
    json: { file: dump.file, wasted, copies: nodes, groups: rows },
    text: [
      line(`${bytes(wasted)} wasted on ${plural(nodes, "copy", "copies")} of ${plural(groups.length, "value")}`),
      table(
        ["wasted", "times", "<the first"],
        groups
          .slice(0, limit)
          .map((group) => [bytes(group.wasted), grouped(group.count), objectName(graph, group.node)]),
      ),
      ...omitted(rows),
    ],
  };
}
