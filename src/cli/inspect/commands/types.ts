import { histogram } from "../../../dump/analysis/histogram.js";
import type { TypeRow } from "../../../dump/analysis/histogram.js";
import { compareText } from "../../../dump/graph/names.js";
import type { Dump } from "../dump.js";
import { NO_GENERATIONS, UsageError } from "../errors.js";
import { generationOf } from "../objects.js";
import { line, list, note, omitted, table } from "../report.js";
import type { Report } from "../report.js";
import { sites } from "../sites.js";
import { bytes, cut, grouped, JSON_TEXT, plural, shown } from "../text.js";

export const TYPE_ORDERS = ["self", "count", "retained", "site"] as const;

export interface TypesOptions {
  readonly limit: number;
  /** Retained sizes are computed only for "retained", because dominators double the time of the command. */
  readonly by?: (typeof TYPE_ORDERS)[number];
  /** Only objects of this generation. 2 shows the survivors. */
  readonly gen?: number;
}

/** Lists objects by type, or by allocation site. */
export async function types(dump: Dump, options: TypesOptions): Promise<Report> {
  const { graph } = dump;
  const { by = "self", gen, limit } = options;
  if (gen !== undefined && !graph.nodes.generation) throw new UsageError(NO_GENERATIONS);
  const filter = gen === undefined ? undefined : (v: number) => generationOf(graph, v) === gen;
  const among = gen === undefined ? "" : ` in generation ${gen}`;
  if (by === "site") return sites(dump, limit, filter, among);

  const isRetained = by === "retained";
  const dominators = isRetained ? { tree: await dump.tree(), children: await dump.children() } : {};
  const rows = await dump.run(histogram(graph, { ...dominators, ...(filter ? { filter } : {}) }));
  rows.sort(ORDERS[by]);
  const shownRows = list(rows, limit, ({ name, kind, count, bytes: self, retained }) => ({
    type: cut(name, JSON_TEXT),
    kind,
    count,
    self,
    ...(isRetained ? { retained } : {}),
  }));
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const self = rows.reduce((sum, row) => sum + row.bytes, 0);
  return {
    json: { file: dump.file, by, generation: gen ?? null, total: { count, self }, types: shownRows },
    text: [
      line(`${plural(count, "object")}${among}, ${bytes(self)}, ${plural(rows.length, "type")}`),
      table(
        ["count", "self", ...(isRetained ? ["retained"] : []), "<type"],
        rows
          .slice(0, limit)
          .map((row) => [
            grouped(row.count),
            bytes(row.bytes),
            ...(isRetained ? [bytes(row.retained ?? 0)] : []),
            nameOf(row),
          ]),
      ),
      ...omitted(shownRows),
      note(
        isRetained
          ? "retained: what would be freed with all objects of the type; rows overlap, self does not"
          : "what would be freed with them: --by retained",
      ),
    ],
  };
}

function nameOf({ name, kind }: TypeRow): string {
  return name === kind || name === `(${kind})` || kind === "struct" || kind === "object"
    ? shown(name)
    : `${shown(name)} (${shown(kind)})`;
}

const byName = (a: TypeRow, b: TypeRow): number => compareText(a.name, b.name) || compareText(a.kind, b.kind);
const ORDERS = {
  retained: (a: TypeRow, b: TypeRow) => (b.retained ?? 0) - (a.retained ?? 0) || b.bytes - a.bytes || byName(a, b),
  self: (a: TypeRow, b: TypeRow) => b.bytes - a.bytes || byName(a, b),
  count: (a: TypeRow, b: TypeRow) => b.count - a.count || b.bytes - a.bytes || byName(a, b),
};
