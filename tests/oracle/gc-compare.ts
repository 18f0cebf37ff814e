import type { Told } from "./gc-player.js";

/** Where two traces of one program part. */
export interface Difference {
  step: number;
  what: string;
  python: unknown;
  heap: unknown;
}

/** `isCut`: from some step on hooks ran in another order (D4) and had different effects, so there is nothing to compare. */
export interface Comparison {
  difference?: Difference;
  isCut: boolean;
  steps: number;
}

/**
 * The events of a step in a normal form: those of one collection sorted, since the order in which it runs callbacks
 * and finalizers is another (D4).
 */
function normalEvents(events: readonly string[]): string[] {
  const normal: string[] = [];
  let depth = 0;
  let inside: string[] = [];
  for (const event of events) {
    if (event.startsWith("collected ") && --depth === 0) normal.push(...inside.sort(), event);
    else if (depth > 0) inside.push(event);
    else normal.push(event);
    if (event.startsWith("collect ") && depth++ === 0) inside = [];
  }
  return normal;
}

/** Whether events of a collection came in another order, so that what came after them may differ. */
function isReordered(python: readonly string[], heap: readonly string[]): boolean {
  const first = python.findIndex((event, index) => event !== heap[index]);
  if (first < 0) return false;
  const isInCollection = python.slice(0, first).filter((event) => event.startsWith("collect ")).length > 0;
  return isInCollection && heap.includes(python[first] as string) && python.includes(heap[first] as string);
}

export function compare(python: readonly Told[], heap: readonly Told[], commutes: boolean): Comparison {
  let isReorderedSoFar = false;
  for (const [step, [events, seen]] of python.entries()) {
    const [ourEvents, ourSeen] = heap[step] as Told;
    if (!commutes && isReordered(events, ourEvents)) isReorderedSoFar = true;
    const pairs: [string, unknown, unknown][] = [
      ["events", normalEvents(events), normalEvents(ourEvents)],
      ...Object.entries(seen).map(([key, value]): [string, unknown, unknown] => [
        key,
        value,
        ourSeen[key as keyof typeof seen],
      ]),
    ];
    for (const [what, theirs, ours] of pairs) {
      if (areSame(theirs, ours)) continue;
      if (isReorderedSoFar) return { isCut: true, steps: step };
      return { difference: { step, what, python: theirs, heap: ours }, isCut: false, steps: step };
    }
  }
  return { isCut: false, steps: python.length };
}

/** Equal but for the order of an object's properties. */
function areSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
