import { dominatorChain } from "../../../dump/analysis/dominated.js";
import { Reach } from "../../../dump/analysis/reachability.js";
import { refcountEquation } from "../../../dump/analysis/refcounts.js";
import { NO_NODE } from "../../../dump/graph/graph.js";
import type { Dump } from "../dump.js";
import { UsageError } from "../errors.js";
import { find, generationOf, largestOf, objectJson, objectName } from "../objects.js";
import { heading, line, list, note, omitted } from "../report.js";
import type { Block, Report } from "../report.js";
import { bytes, cut, JSON_TEXT, plural, shown } from "../text.js";
import { shortPath } from "../sites.js";
import { pathJson, pathText } from "../way.js";

export interface WhyOptions {
  readonly limit: number;
  /** Maximal number of paths. They share no object. */
  readonly paths?: number;
}

const STATES = { [Reach.GARBAGE]: "garbage", [Reach.LIVE]: "live", [Reach.LEAKED]: "leaked" } as const;

/** How to see the others of a type: classes of one name are one type, and the largest may be of another class. */
function allOf(type: string): string {
  return /^[\w$]+$/.test(type) ? `; all of them: query 'type = ${type}'` : "";
}

/** Explains why an object lives: paths from the roots, the sources of its references, its dominators, its allocation site. */
export async function why(dump: Dump, target: string, { limit, paths: most = 3 }: WhyOptions): Promise<Report> {
  const { graph } = dump;
  const tree = await dump.tree();
  const found = find(graph, target);
  const instances = "types" in found ? largestOf(graph, found.types, tree) : null;
  const v = "node" in found ? found.node : (instances as { node: number }).node;
  if (v === NO_NODE) throw new UsageError(`there is no object of type ${shown(target)}`);

  const reach = await dump.reach();
  const state = STATES[reach.state[v] as Reach];
  const generation = generationOf(graph, v);
  const ways = await dump.run((await dump.paths()).disjoint(v, most));
  const equation = refcountEquation(graph, await dump.referrers(), v);
  const chain = dominatorChain(tree, v);
  const chainRows = list(chain, limit, (w) => objectJson(graph, w, tree));
  const site = graph.strings[graph.nodes.site?.[v] ?? 0] ?? "";

  const json = {
    file: dump.file,
    object: objectJson(graph, v, tree),
    instances: instances?.count ?? null,
    state,
    generation,
    paths: ways.paths.map((path) => pathJson(graph, path)),
    stopped: ways.stopped,
    refcount: equation && {
      refcount: equation.refcount,
      text: equation.text,
      slots: equation.slots,
      unexplained: equation.unexplained,
      extra: equation.extra,
      from: list(equation.from, limit, (one) => ({
        type: cut(one.type, JSON_TEXT),
        field: cut(one.field, JSON_TEXT),
        count: one.count,
      })),
    },
    dominators: chainRows,
    site: site === "" ? null : cut(site, 10 * JSON_TEXT),
  };
  const text: Block[] = [
    heading(objectName(graph, v)),
    ...(instances && instances.count > 1
      ? [note(`the largest of ${plural(instances.count, "object")} of this type${allOf(target)}`)]
      : []),
    line(
      `${state}${generation === null ? "" : `, generation ${generation}`}; ` +
        `${bytes(graph.nodes.selfSize[v] as number)} itself, retains ${bytes(tree.retained[v] as number)}`,
    ),
    ...(equation ? [line(`refcount ${equation.text}`)] : []),
    ...(site === "" ? [] : site.split("\n", 5).map((frame) => line(`  ${shown(shortPath(frame.trim()), 120)}`))),
  ];
  if (ways.paths.length === 0)
    text.push(
      line(
        `No root reaches it: it waits for the collector${generation === null ? "" : ` of generation ${generation}`}. See: cycles --garbage`,
      ),
    );
  ways.paths.forEach((path, i) => {
    text.push(heading(ways.paths.length === 1 ? "Path from a root" : `Path ${i + 1} from a root`));
    text.push(...pathText(graph, path).map((step, depth) => line(`${"  ".repeat(Math.min(depth, 12))}${step}`)));
  });
  if (ways.stopped === "most") text.push(note(`there may be more paths: --paths ${most * 2}`));
  if (chain.length > 0) {
    text.push(heading("Dominated by, closest first"));
    text.push(
      ...chain
        .slice(0, limit)
        .map((w) => line(`${bytes(tree.retained[w] as number).padStart(9)}  ${objectName(graph, w)}`)),
      ...omitted(chainRows),
    );
  }
  return { json, text };
}
