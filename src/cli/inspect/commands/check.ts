import { matchNodes } from "../../../dump/analysis/diff.js";
import { unexplained } from "../../../dump/analysis/held.js";
import { Reach } from "../../../dump/analysis/reachability.js";
import { auditRefcounts, refcountEquation } from "../../../dump/analysis/refcounts.js";
import { accumulationPoint } from "../../../dump/analysis/suspects.js";
import { NO_NODE } from "../../../dump/graph/graph.js";
import type { Dump } from "../dump.js";
import { NO_COUNTS, UsageError } from "../errors.js";
import { objectJson, objectName } from "../objects.js";
import type { ObjectJson } from "../objects.js";
import { line } from "../report.js";
import type { Block, Report } from "../report.js";
import { bytes, grouped, plural, shown } from "../text.js";
import { pathJson, pathText } from "../way.js";
import type { PathJson } from "../way.js";
import { largest } from "./cycles.js";
import { topLevel } from "./top.js";

export interface CheckOptions {
  /** Maximal bytes of live objects. */
  readonly maxLive?: number;
  /** Maximal number of live objects. */
  readonly maxObjects?: number;
  /** `false`: no live object may be in a cycle. */
  readonly cycles?: boolean;
  /** `false`: no object may be garbage that waits for the cycle collector. */
  readonly garbage?: boolean;
  /** `false`: no object may be held by leaked references, and every refcount must be right. */
  readonly leakedRefs?: boolean;
  /** An earlier dump. The live bytes may exceed its live bytes by `maxGrowth`. */
  readonly baseline?: Dump;
  /** Default 0. */
  readonly maxGrowth?: number;
}

interface Verdict {
  readonly name: string;
  readonly isOk: boolean;
  readonly limit: number;
  readonly actual: number;
  readonly text: string;
  /** An object to examine first. */
  readonly offender?: number;
  /** Further text about it. */
  readonly about?: string;
}

/** A check for CI: tests a dump against budgets. A finding contains the path to the first offender. */
export async function check(dump: Dump, options: CheckOptions): Promise<Report> {
  const verdicts: Verdict[] = [];
  if (options.maxLive !== undefined) verdicts.push(await maxLive(dump, options.maxLive));
  if (options.maxObjects !== undefined) verdicts.push(await maxObjects(dump, options.maxObjects));
  if (options.cycles === false) verdicts.push(await noCycles(dump));
  if (options.garbage === false) verdicts.push(await noGarbage(dump));
  if (options.leakedRefs === false) verdicts.push(await noLeakedReferences(dump), await rightRefcounts(dump));
  if (options.baseline) verdicts.push(await growth(options.baseline, dump, options.maxGrowth ?? 0));
  if (verdicts.length === 0)
    throw new UsageError(
      "nothing to check: give --max-live, --max-objects, --no-cycles, --no-garbage, --no-leaked-refs or --baseline",
    );
  const isOk = verdicts.every((verdict) => verdict.isOk);
  const checks: unknown[] = [];
  const text: Block[] = [];
  for (const verdict of verdicts) {
    const { name, limit, actual, offender, about } = verdict;
    const found = offender === undefined ? null : await offenderOf(dump, offender);
    checks.push({ name, ok: verdict.isOk, limit, actual, offender: found && { ...found.json, about: about ?? null } });
    text.push(line(`${verdict.isOk ? "ok  " : "FAIL"}  ${verdict.text}`));
    if (found)
      text.push(...[...(about === undefined ? [] : [about]), ...found.text].map((one) => line(`        ${one}`)));
  }
  return { json: { file: dump.file, ok: isOk, checks }, text, isFinding: !isOk };
}

async function offenderOf(
  dump: Dump,
  v: number,
): Promise<{ json: { object: ObjectJson; path: PathJson | null }; text: string[] }> {
  const path = await dump.run((await dump.paths()).shortest(v));
  return {
    json: { object: objectJson(dump.graph, v, await dump.tree()), path: path && pathJson(dump.graph, path) },
    text: path
      ? pathText(dump.graph, path)
      : [`${objectName(dump.graph, v)}, which no root reaches: it waits for the collector`],
  };
}

/** The accumulation point of the top-level object that retains most. */
async function pile(dump: Dump): Promise<number | undefined> {
  const tree = await dump.tree();
  const children = await dump.children();
  let best: number | undefined;
  for (const v of topLevel(dump.graph, tree, children))
    if (best === undefined || (tree.retained[v] as number) > (tree.retained[best] as number)) best = v;
  return best === undefined ? undefined : accumulationPoint(tree, children, best);
}

async function maxLive(dump: Dump, limit: number): Promise<Verdict> {
  const { live } = await dump.reach();
  const isOk = live.bytes <= limit;
  const text = `${bytes(live.bytes)} live, at most ${bytes(limit)}`;
  const offender = isOk ? undefined : await pile(dump);
  return { name: "max-live", isOk, limit, actual: live.bytes, text, ...(offender === undefined ? {} : { offender }) };
}

async function maxObjects(dump: Dump, limit: number): Promise<Verdict> {
  const { live } = await dump.reach();
  const isOk = live.count <= limit;
  const text = `${plural(live.count, "live object")}, at most ${grouped(limit)}`;
  const offender = isOk ? undefined : await pile(dump);
  return {
    name: "max-objects",
    isOk,
    limit,
    actual: live.count,
    text,
    ...(offender === undefined ? {} : { offender }),
  };
}

async function noCycles(dump: Dump): Promise<Verdict> {
  const found = await dump.cycles();
  const isOk = found.count === 0;
  const actual = found.first[found.count] as number;
  const text = isOk ? "no cycles" : `${plural(actual, "object")} in ${plural(found.count, "group")} of cycles`;
  return {
    name: "no-cycles",
    isOk,
    limit: 0,
    actual,
    text,
    ...(isOk ? {} : { offender: largest(dump.graph, found, 0) }),
  };
}

async function noGarbage(dump: Dump): Promise<Verdict> {
  const { garbage, state } = await dump.reach();
  const isOk = garbage.count === 0;
  const text = isOk ? "no garbage" : `${plural(garbage.count, "object")} of garbage, ${bytes(garbage.bytes)}`;
  const offender = state.indexOf(Reach.GARBAGE);
  return { name: "no-garbage", isOk, limit: 0, actual: garbage.count, text, ...(isOk ? {} : { offender }) };
}

async function noLeakedReferences(dump: Dump): Promise<Verdict> {
  if (!dump.graph.nodes.outside) throw new UsageError(NO_COUNTS);
  const { nodes, references } = unexplained(dump.graph);
  const actual = nodes.reduce((sum, v) => sum + (references?.[v] ?? 0), 0);
  const [offender] = nodes;
  const text = actual === 0 ? "no leaked references" : plural(actual, "leaked reference");
  const common = { name: "no-leaked-refs", isOk: actual === 0, limit: 0, actual, text };
  if (offender === undefined) return common;
  return { ...common, offender, about: await equationOf(dump, offender) };
}

async function equationOf(dump: Dump, v: number): Promise<string> {
  const equation = refcountEquation(dump.graph, await dump.referrers(), v);
  return equation ? `${objectName(dump.graph, v)}: refcount ${equation.text}` : "";
}

async function rightRefcounts(dump: Dump): Promise<Verdict> {
  const audit = await dump.run(auditRefcounts(dump.graph));
  const wrong = audit ? [...audit.missing, ...audit.extra] : [];
  const [offender] = wrong;
  const text = wrong.length === 0 ? "every refcount is right" : plural(wrong.length, "wrong refcount");
  const common = { name: "refcounts", isOk: wrong.length === 0, limit: 0, actual: wrong.length, text };
  if (offender === undefined) return common;
  return { ...common, offender, about: await equationOf(dump, offender) };
}

/** Compares live bytes with those of an earlier dump. The offender is the old object that dominates most new bytes. */
async function growth(baseline: Dump, dump: Dump, limit: number): Promise<Verdict> {
  const actual = (await dump.reach()).live.bytes - (await baseline.reach()).live.bytes;
  const isOk = actual <= limit;
  const text = `live bytes grew by ${bytes(actual)} since ${shown(baseline.file)}, at most ${bytes(limit)}`;
  const common = { name: "baseline", isOk, limit, actual, text };
  if (isOk) return common;
  const { graph } = dump;
  const { earlier } = await dump.run(matchNodes(baseline.graph, graph));
  const { idom, order, root, retained } = await dump.tree();
  const isNew = (v: number): boolean => earlier[v] === NO_NODE;
  // A new object counts for its closest old dominator. One that only roots dominate counts for itself.
  const below = new Float64Array(graph.nodes.count);
  let offender = NO_NODE;
  for (const v of order) {
    const above = idom[v] as number;
    if (!isNew(v) || (above !== root && isNew(above))) continue;
    const place = above === root ? v : above;
    below[place] = (below[place] as number) + (retained[v] as number);
    if (offender === NO_NODE || below[place] > (below[offender] as number)) offender = place;
  }
  if (offender === NO_NODE) return common;
  const about = isNew(offender)
    ? `${objectName(graph, offender)} is new`
    : `${objectName(graph, offender)} has ${bytes(below[offender] as number)} of new objects below it`;
  return { ...common, offender, about };
}
