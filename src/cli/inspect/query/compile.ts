import { Reach } from "../../../dump/analysis/reachability.js";
import { NodeFlag, NO_GENERATION, NO_NODE } from "../../../dump/graph/graph.js";
import type { Dump } from "../dump.js";
import { NO_SITES, UsageError } from "../errors.js";
import { globMatcher } from "./glob.js";
import type { Comparator, Filter } from "./parse.js";

export type Test = (v: number) => boolean;
type Column = (v: number) => number;

/** Compiles a filter to a predicate on nodes. Runs only the analyses that it needs. */
export async function compileFilter(dump: Dump, filter: Filter): Promise<Test> {
  switch (filter.op) {
    case "and": {
      const [left, right] = [await compileFilter(dump, filter.left), await compileFilter(dump, filter.right)];
      return (v) => left(v) && right(v);
    }
    case "or": {
      const [left, right] = [await compileFilter(dump, filter.left), await compileFilter(dump, filter.right)];
      return (v) => left(v) || right(v);
    }
    case "not": {
      const test = await compileFilter(dump, filter.filter);
      return (v) => !test(v);
    }
    case "state":
      return stateTest(dump, filter.state);
    case "number":
      return comparison(await numberColumn(dump, filter.field), filter.compare, filter.value);
    case "text":
      return textTest(dump, filter.field, filter.value, filter.isGlob, filter.isNot);
  }
}

/** NaN (unknown for this node) equals nothing, and is neither greater nor less. */
function comparison(column: Column, compare: Comparator, value: number): Test {
  switch (compare) {
    case "=":
      return (v) => column(v) === value;
    case "!=":
      return (v) => column(v) !== value;
    case "<":
      return (v) => column(v) < value;
    case "<=":
      return (v) => column(v) <= value;
    case ">":
      return (v) => column(v) > value;
    case ">=":
      return (v) => column(v) >= value;
  }
}

/** A number for each node, NaN if unknown. */
export async function numberColumn(dump: Dump, field: string): Promise<Column> {
  const { nodes } = dump.graph;
  const known = (column: Uint32Array | Uint8Array | null): Column => {
    if (!column) throw new UsageError(`this dump has no ${field}: only heap images have it`);
    return (v) => column[v] as number;
  };
  switch (field) {
    case "self":
      return (v) => nodes.selfSize[v] as number;
    case "id":
      return (v) => nodes.id[v] as number;
    case "address":
      return known(nodes.address);
    case "refcount":
      return known(nodes.refcount);
    case "outside":
      return known(nodes.outside);
    case "generation": {
      const generation = known(nodes.generation);
      return (v) => (generation(v) === NO_GENERATION ? NaN : generation(v));
    }
    case "out":
      return (v) => (nodes.firstEdge[v + 1] as number) - (nodes.firstEdge[v] as number);
    case "in": {
      const { first } = await dump.referrers();
      return (v) => (first[v + 1] as number) - (first[v] as number);
    }
    case "retained": {
      const { retained } = await dump.tree();
      return (v) => retained[v] as number;
    }
    case "count": {
      const { retainedCount } = await dump.tree();
      return (v) => retainedCount[v] as number;
    }
    case "depth": {
      const depth = await dump.depth();
      return (v) => (depth[v] === NO_NODE ? NaN : (depth[v] as number));
    }
    default:
      throw new UsageError(`there is no field ${field}`);
  }
}

const FLAGS: Readonly<Record<string, number>> = {
  immortal: NodeFlag.IMMORTAL,
  tracked: NodeFlag.TRACKED,
  finalized: NodeFlag.FINALIZED,
  weakrefs: NodeFlag.HAS_WEAKREFS,
  frozen: NodeFlag.FROZEN,
};
const REACH: Readonly<Record<string, Reach>> = { live: Reach.LIVE, garbage: Reach.GARBAGE, leaked: Reach.LEAKED };

async function stateTest(dump: Dump, name: string): Promise<Test> {
  const { nodes, roots } = dump.graph;
  const flag = FLAGS[name];
  if (flag !== undefined) return (v) => ((nodes.flags[v] as number) & flag) !== 0;
  if (name === "cyclic") {
    const { group } = await dump.cycles();
    return (v) => group[v] !== NO_NODE;
  }
  if (name === "root") {
    const isRoot = new Uint8Array(nodes.count);
    for (const v of roots.target) isRoot[v] = 1;
    return (v) => isRoot[v] === 1;
  }
  const { state } = await dump.reach();
  const wanted = REACH[name];
  return (v) => state[v] === wanted;
}

/** Compares each distinct text only once. */
function textTest({ graph }: Dump, field: string, value: string, isGlob: boolean, isNot: boolean): Test {
  const { nodes, types, strings } = graph;
  const isLike = isGlob ? globMatcher(value) : (text: string) => text === value;
  const test = (text: string): boolean => isLike(text) !== isNot;
  if (field === "type" || field === "kind") {
    const verdicts = types.map((type) => test(type[field === "type" ? "name" : "kind"]));
    return (v) => verdicts[nodes.type[v] as number] === true;
  }
  const column = field === "label" ? nodes.label : nodes.site;
  if (!column) throw new UsageError(NO_SITES);
  // 0: not compared yet; 1: no match; 2: match.
  const verdicts = new Uint8Array(strings.length);
  return (v) => {
    const index = column[v] as number;
    if (verdicts[index] === 0) verdicts[index] = test(strings[index] ?? "") ? 2 : 1;
    return verdicts[index] === 2;
  };
}
