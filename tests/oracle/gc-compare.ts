import type { Observation, Told } from "./gc-player.js";

/** Where two traces of one program part. */
export interface Difference {
  step: number;
  what: string;
  python: unknown;
  heap: unknown;
}

export interface Comparison {
  difference?: Difference;
  /** Hooks of some collection ran in another order (D4). */
  isReordered: boolean;
  /** They had other effects for that, so from then on there is nothing to compare. */
  isCut: boolean;
  /** How many were compared. */
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
function cameInAnotherOrder(python: readonly string[], heap: readonly string[]): boolean {
  const first = python.findIndex((event, index) => event !== heap[index]);
  if (first < 0) return false;
  const isInCollection = python.slice(0, first).filter((event) => event.startsWith("collect ")).length > 0;
  return isInCollection && heap.includes(python[first] as string) && python.includes(heap[first] as string);
}

/**
 * Whether all that differs is what hooks saw that came into being in the same collection. Those run as garbage is
 * cleared, and see what has not been cleared yet: the order of that is another (D4), and no other event tells it.
 */
function sawAnotherOrder(python: readonly string[], heap: readonly string[]): boolean {
  return areSame(normalEvents(withoutViews(python)), normalEvents(withoutViews(heap))) && !areSame(python, heap);
}

/** Without what was seen, in a collection, by hooks of what its own finalizers and callbacks made. */
function withoutViews(events: readonly string[]): string[] {
  let depth = 0;
  const ran = new Set<string>();
  return events.filter((event) => {
    if (event.startsWith("collect ") && depth++ === 0) ran.clear();
    if (event.startsWith("collected ")) depth--;
    const [, owner] = /^(?:finalizer|callback) of (\S+)/.exec(event) ?? [];
    if (owner !== undefined && depth > 0) ran.add(owner);
    const [, hook, maker] = /^((\S+)\.\d+)\.\d+ saw /.exec(event) ?? [];
    return !(depth > 0 && ran.has(hook as string) && ran.has(maker as string));
  });
}

/** `commutes`: the order of hooks makes no difference, so none is excused by it. */
export function compare(python: readonly Told[], heap: readonly Told[], commutes: boolean): Comparison {
  let isReordered = false;
  for (const [step, [events, seen]] of python.entries()) {
    const [ourEvents, ourSeen] = heap[step] as Told;
    const isReorderedNow = cameInAnotherOrder(events, ourEvents);
    isReordered ||= isReorderedNow;
    const difference = differenceOf(normalEvents(events), seen, normalEvents(ourEvents), ourSeen);
    if (difference === undefined) continue;
    if (isReorderedNow && !commutes) return { isReordered, isCut: true, steps: step };
    const isSameNow = differenceOf([], seen, [], ourSeen) === undefined;
    if (isSameNow && !commutes && sawAnotherOrder(events, ourEvents)) {
      isReordered = true;
      continue;
    }
    return { difference: { step, ...difference }, isReordered, isCut: false, steps: step };
  }
  return { isReordered, isCut: false, steps: python.length };
}

/** What sort of a difference it is, whatever the names and numbers: a program is not shrunk to one that shows another. */
export function kindOf({ what, python, heap }: Difference): string {
  if (what !== "events") return what;
  const [theirs, ours] = [python, heap].map((events) => (events as string[]).map(withoutNames)) as [string[], string[]];
  return JSON.stringify([surplus(theirs, ours), surplus(ours, theirs)]);
}

function withoutNames(event: string): string {
  return event.replace(/\bo\d[\d._#]*/g, "o").replace(/\b\d+\b/g, "0");
}

/** What one side has more of than the other, each sort of event once. */
function surplus(side: readonly string[], other: readonly string[]): string[] {
  const count = (events: readonly string[], event: string): number => events.filter((one) => one === event).length;
  return [...new Set(side)].filter((event) => count(side, event) > count(other, event)).sort();
}

function differenceOf(
  events: readonly string[],
  seen: Observation,
  ourEvents: readonly string[],
  ourSeen: Observation,
): Omit<Difference, "step"> | undefined {
  if (!areSame(events, ourEvents)) return { what: "events", python: events, heap: ourEvents };
  for (const key of Object.keys(seen) as (keyof Observation)[]) {
    if (!areSame(seen[key], ourSeen[key])) return { what: key, python: seen[key], heap: ourSeen[key] };
  }
  return undefined;
}

/** Equal but for the order of an object's properties. */
export function areSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
