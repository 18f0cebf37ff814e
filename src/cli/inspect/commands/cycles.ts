import { edgeToCut } from "../../../dump/analysis/cut.js";
import type { Cut } from "../../../dump/analysis/cut.js";
import { smallestCycle } from "../../../dump/analysis/cycles.js";
import type { Cycle, Cycles } from "../../../dump/analysis/cycles.js";
import { Reach } from "../../../dump/analysis/reachability.js";
import type { HeapGraph } from "../../../dump/graph/graph.js";
import { edgeName } from "../../../dump/graph/names.js";
import type { Dump } from "../dump.js";
import { generationOf, objectJson, objectName, refOf } from "../objects.js";
import type { ObjectJson } from "../objects.js";
import { heading, line, list, note, omitted } from "../report.js";
import type { Block, Report } from "../report.js";
import { bytes, cut, JSON_TEXT, plural } from "../text.js";
import { edgeText, rootJson, rootText } from "../way.js";
import type { RootJson } from "../way.js";

export interface CyclesOptions {
  readonly limit: number;
  readonly garbage?: boolean;
  readonly live?: boolean;
}

/** Maximal number of edges shown for a cycle. */
const STEPS = 12;
/** In larger groups each tried cut takes long. */
const LARGE = 50_000;

interface Group {
  readonly g: number;
  readonly count: number;
  readonly bytes: number;
  readonly state: "live" | "garbage" | "leaked";
  /** Of a garbage group: the oldest generation among its objects. A collection of that generation frees it. */
  readonly generation: number | null;
  readonly cycle: Cycle | null;
  readonly cut: Cut | null;
  /** Of a live group: the row of the roots that keeps it alive. */
  readonly root: number | null;
}

/** Lists groups of objects in cycles, what keeps them alive, and where to cut. */
export async function cycles(dump: Dump, { limit, garbage = false, live = false }: CyclesOptions): Promise<Report> {
  const { graph } = dump;
  const found = await dump.cycles();
  const { state } = await dump.reach();
  const isWanted = (g: number): boolean => {
    const isGarbage = state[largest(graph, found, g)] === Reach.GARBAGE;
    return (!garbage && !live) || (garbage && isGarbage) || (live && !isGarbage);
  };
  const wanted: number[] = [];
  for (let g = 0; g < found.count; g++) if (isWanted(g)) wanted.push(g);
  const groups: Group[] = [];
  for (const g of wanted.slice(0, limit)) groups.push(await groupOf(dump, found, g));
  const rows = list(groups, limit, (group) => groupJson(graph, group), wanted.length);
  const inCycles = wanted.reduce((sum, g) => sum + sizeOf(found, g), 0);
  const size = wanted.reduce((sum, g) => sum + (found.bytes[g] as number), 0);
  const what = garbage ? "garbage " : live ? "live " : "";
  const text: Block[] = [
    line(
      wanted.length === 0
        ? `No ${what}cycles`
        : `${plural(wanted.length, `${what}group`)} of objects in cycles: ${plural(inCycles, "object")}, ${bytes(size)}`,
    ),
    ...groups.flatMap((group) => groupText(graph, found, group)),
    ...omitted(rows),
  ];
  return { json: { file: dump.file, groups: wanted.length, objects: inCycles, bytes: size, cycles: rows }, text };
}

function sizeOf({ first }: Cycles, g: number): number {
  return (first[g + 1] as number) - (first[g] as number);
}

/** The largest object of a group, the first of equal ones. */
export function largest({ nodes }: HeapGraph, { first, node }: Cycles, g: number): number {
  let best = node[first[g] as number] as number;
  for (let i = first[g] as number, end = first[g + 1] as number; i < end; i++)
    if ((nodes.selfSize[node[i] as number] as number) > (nodes.selfSize[best] as number)) best = node[i] as number;
  return best;
}

async function groupOf(dump: Dump, found: Cycles, g: number): Promise<Group> {
  const { graph } = dump;
  const v = largest(graph, found, g);
  const reach = (await dump.reach()).state[v] as Reach;
  let generation: number | null = null;
  if (reach === Reach.GARBAGE)
    for (let i = found.first[g] as number, end = found.first[g + 1] as number; i < end; i++) {
      const one = generationOf(graph, found.node[i] as number);
      if (one !== null && (generation === null || one > generation)) generation = one;
    }
  const path = reach === Reach.GARBAGE ? null : await dump.run((await dump.paths()).shortest(v));
  return {
    g,
    count: sizeOf(found, g),
    bytes: found.bytes[g] as number,
    state: reach === Reach.GARBAGE ? "garbage" : reach === Reach.LIVE ? "live" : "leaked",
    generation,
    cycle: smallestCycle(graph, found, v),
    cut: await dump.run(edgeToCut(graph, found, g, sizeOf(found, g) > LARGE ? 2 : 16)),
    root: path ? path.root : null,
  };
}

interface CycleJson {
  readonly objects: number;
  readonly bytes: number;
  readonly state: string;
  readonly collectableInGeneration: number | null;
  readonly keptBy: RootJson | null;
  readonly smallest: {
    readonly length: number;
    readonly steps: readonly { object: ObjectJson; edge: string }[];
  } | null;
  readonly cut: {
    readonly from: string;
    readonly edge: string;
    readonly to: string;
    readonly objectsLeft: number;
  } | null;
}

function groupJson(
  graph: HeapGraph,
  { count, bytes: size, state, generation, cycle, cut: where, root }: Group,
): CycleJson {
  return {
    objects: count,
    bytes: size,
    state,
    collectableInGeneration: generation,
    keptBy: root === null ? null : rootJson(graph, root),
    smallest: cycle && {
      length: cycle.nodes.length,
      steps: cycle.nodes.slice(0, STEPS).map((v, i) => ({
        object: objectJson(graph, v),
        edge: cut(edgeName(graph, v, cycle.edges[i] as number), JSON_TEXT),
      })),
    },
    cut: where && {
      from: refOf(graph, where.source),
      edge: cut(edgeName(graph, where.source, where.edge), JSON_TEXT),
      to: refOf(graph, where.target),
      objectsLeft: where.left,
    },
  };
}

function groupText(graph: HeapGraph, found: Cycles, group: Group): Block[] {
  const { cycle, cut: where, state, generation, root } = group;
  const fate =
    state === "garbage"
      ? `garbage${generation === null ? "" : `, goes at the next collection of generation ${generation}`}`
      : `${state}, kept by ${root === null ? "nothing" : rootText(graph, root)}`;
  const blocks: Block[] = [heading(`${plural(group.count, "object")}, ${bytes(group.bytes)}: ${fate}`)];
  if (cycle) {
    cycle.nodes.slice(0, STEPS).forEach((v, i) => {
      blocks.push(line(`  ${objectName(graph, v)} ${edgeText(edgeName(graph, v, cycle.edges[i] as number))} →`));
    });
    if (cycle.nodes.length > STEPS) blocks.push(note(`  … ${cycle.nodes.length - STEPS} steps omitted`));
    blocks.push(line(`  ${objectName(graph, cycle.nodes[0] as number)} again`));
  }
  if (where) {
    const name = edgeText(edgeName(graph, where.source, where.edge));
    const left = where.left === 0 ? "no cycle is left" : `${plural(where.left, "object")} of it are left in cycles`;
    blocks.push(line(`  make ${objectName(graph, where.source)} ${name} weak, and ${left}`));
  }
  return blocks;
}
