import { auditRefcounts, refcountEquation } from "../../../dump/analysis/refcounts.js";
import { unexplained } from "../../../dump/analysis/held.js";
import { NodeFlag } from "../../../dump/graph/graph.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import type { Dump } from "../dump.js";
import { NO_COUNTS, UsageError } from "../errors.js";
import { objectJson, objectName } from "../objects.js";
import { heading, line, list, note, omitted, table } from "../report.js";
import type { Block, Report } from "../report.js";
import { grouped, plural } from "../text.js";

/** Compares every refcount with the number of references, and lists the leaked objects. */
export async function refcounts(dump: Dump, { limit }: { readonly limit: number }): Promise<Report> {
  const { graph } = dump;
  const audit = await dump.run(auditRefcounts(graph));
  if (!audit) throw new UsageError(NO_COUNTS);
  const referrers = await dump.referrers();
  const describe = (v: number): { object: ReturnType<typeof objectJson>; text: string } => ({
    object: objectJson(graph, v),
    text: refcountEquation(graph, referrers, v)?.text ?? "",
  });
  const leaks = unexplained(graph);
  const byLeaks = [...audit.leaked.nodes].sort(
    (a, b) => (leaks.references?.[b] ?? 0) - (leaks.references?.[a] ?? 0) || a - b,
  );
  const highest = mostReferred(graph, limit);
  const kinds: [key: string, title: string, nodes: readonly number[], note: string][] = [
    ["extra", "Counted too high: will never be freed", [...audit.extra], "the heap is damaged"],
    ["missing", "Counted too low: will be freed while in use", [...audit.missing], "the heap is damaged"],
    ["leaked", "Leaked references: nobody names them", byLeaks, "an incref without its decref"],
  ];
  const lists = kinds.map(([key, , nodes]) => [key, list(nodes, limit, describe)] as const);
  const text: Block[] = [
    line(
      `${plural(audit.total, "counted reference")}, ${plural(audit.immortal, "immortal object")}; ` +
        `${grouped(audit.extra.length)} counts too high, ${grouped(audit.missing.length)} too low, ` +
        plural(audit.leaked.references, "leaked reference"),
    ),
  ];
  kinds.forEach(([, title, nodes, why], i) => {
    if (nodes.length === 0) return;
    text.push(
      heading(title),
      note(why),
      table(
        ["<object", "<refcount"],
        nodes.slice(0, limit).map((v) => [objectName(graph, v), describe(v).text]),
      ),
      ...omitted((lists[i] as (typeof lists)[number])[1]),
    );
  });
  text.push(
    heading("Referred to most"),
    table(
      ["<object", "<refcount"],
      highest.map((v) => [objectName(graph, v), describe(v).text]),
    ),
  );
  return {
    json: {
      file: dump.file,
      total: audit.total,
      immortal: audit.immortal,
      leakedReferences: audit.leaked.references,
      ...Object.fromEntries(lists),
      highest: list(highest, limit, describe, countCounted(graph)),
    },
    text,
  };
}

function countCounted({ nodes }: HeapGraph): number {
  return nodes.flags.reduce((count, flags) => count + ((flags & NodeFlag.IMMORTAL) === 0 ? 1 : 0), 0);
}

/** The objects with the highest refcounts, without immortal ones. */
function mostReferred({ nodes }: HeapGraph, most: number): number[] {
  const counts = nodes.refcount as Uint32Array;
  let found: number[] = [];
  const best = (): void => {
    found.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
    found = found.slice(0, most);
  };
  for (let v = 0; v < nodes.count; v++) {
    if (((nodes.flags[v] as number) & NodeFlag.IMMORTAL) !== 0) continue;
    found.push(v);
    if (found.length >= 4 * most + 1000) best();
  }
  best();
  return found;
}
