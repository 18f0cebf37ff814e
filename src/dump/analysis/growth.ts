import { NO_NODE } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";
import { compareText } from "../graph/names.js";
import type { Steps } from "../steps.js";
import { diffByType, matchNodes } from "./diff.js";

/** A type that keeps growing. */
export interface GrowthRow {
  /** Name of the type. */
  readonly name: string;
  /** The family of the type: see {@link GraphType.kind}. */
  readonly kind: string;
  /** Bytes more in the second dump than in the first, and in the third than in the second. Both above 0. */
  readonly grown: readonly [number, number];
  /** Objects that came between the first and the second dump, and are still in the third. */
  readonly survivors: number;
  /** Their own bytes. */
  readonly survivorBytes: number;
}

/** What {@link growth} finds. */
export interface Growth {
  /** Types that grew twice; those with most bytes of survivors first. */
  readonly types: readonly GrowthRow[];
  /** The survivors, as ordinals of the third dump, in which their holders can be looked up. */
  readonly survivors: Uint32Array;
  /** How many matches of nodes rest on addresses. */
  readonly uncertain: number;
}

/**
 * Compares three dumps: a heap at rest, after some work, and after more of the same. What grew once may be a cache that has filled;
 * what grew twice, and kept what the first round of work made, is a suspect.
 *
 * @example
 * const { types } = finish(growth(graph, later, latest));
 * types[0]?.name; // "bytes": pages that are kept
 */
export function* growth(first: HeapGraph, second: HeapGraph, third: HeapGraph): Steps<Growth> {
  const early = yield* matchNodes(first, second);
  const late = yield* matchNodes(second, third);
  const key = ({ name, kind }: { name: string; kind: string }) => `${kind}\0${name}`;
  const grownLater = new Map((yield* diffByType(second, third, late)).map((row) => [key(row), row]));
  const perType = third.types.map(() => ({ count: 0, bytes: 0 }));
  const survivors: number[] = [];
  for (let v = 0; v < third.nodes.count; v++) {
    const middle = late.earlier[v] as number;
    if (middle === NO_NODE || early.earlier[middle] !== NO_NODE) continue;
    survivors.push(v);
    const row = perType[third.nodes.type[v] as number] as { count: number; bytes: number };
    row.count++;
    row.bytes += third.nodes.selfSize[v] as number;
  }
  const survived = new Map(third.types.map((type, t) => [key(type), perType[t]]));
  const types: GrowthRow[] = [];
  for (const row of yield* diffByType(first, second, early)) {
    const later = grownLater.get(key(row));
    if (row.bytes <= 0 || !later || later.bytes <= 0) continue;
    const { count = 0, bytes = 0 } = survived.get(key(row)) ?? {};
    types.push({
      name: row.name,
      kind: row.kind,
      grown: [row.bytes, later.bytes],
      survivors: count,
      survivorBytes: bytes,
    });
  }
  types.sort((a, b) => b.survivorBytes - a.survivorBytes || b.grown[1] - a.grown[1] || compareText(a.name, b.name));
  return { types, survivors: Uint32Array.from(survivors), uncertain: early.uncertain + late.uncertain };
}
