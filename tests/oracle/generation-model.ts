/** A program of births and deaths: kinds and places, by turns. */
export interface Births {
  thresholds: [number, number, number];
  /** Objects that are there from the start, in generation 2. */
  old: number;
  /** Places that hold an object. */
  places: number;
  steps: number[];
}

/** What a step does: with the place or the generation that follows it. */
export const KEEP = 0;
export const BEAR_AND_DROP = 1;
export const BEAR_CYCLE = 2;
export const DROP = 3;
export const COLLECT = 4;
/** A weak reference with a callback to what a place holds, instead of that which there was. */
export const WATCH = 5;
/** An object whose finalizer saves it from its death, until that of the next such object. */
export const LINGER = 6;

/**
 * What is told of a program: of each collection its generation and how many it collected, after each step its counts,
 * as one negative number.
 */
export type Told = number[];

export function tellCounts(count0: number, count1: number, count2: number): number {
  return -1 - count0 - 1000 * count1 - 1_000_000 * count2;
}

interface Modelled {
  isAlive: boolean;
  isCycle: boolean;
}

/**
 * CPython's rules of when to collect what, in plain numbers.
 *
 * `seesNewest`: the object whose birth is one too many is part of the collection, as in CPython 3.12; else it comes into
 * being after it (D1). That object is then one generation younger, which can show: a collection promotes one object
 * more or less, or finds a cycle one collection later.
 */
export function modelOf(program: Births, seesNewest: boolean): { told: Told; spared: number } {
  const [t0, t1, t2] = program.thresholds;
  const told: Told = [];
  const counts: [number, number, number] = [0, 0, 0];
  const generations: Modelled[][] = [[], [], []];
  let pending = 0;
  let total = program.old;
  // How often the whole heap was due, but had not grown by a quarter.
  let spared = 0;

  const collect = (generation: number): void => {
    if (generation < 2) counts[generation + 1]!++;
    counts.fill(0, 0, generation + 1);
    const all = generations.splice(0, generation + 1, ...Array.from({ length: generation + 1 }, () => [])).flat();
    const living = all.filter(({ isAlive }) => isAlive);
    const survivors = living.filter(({ isCycle }) => !isCycle);
    const cycles = living.filter(({ isCycle }) => isCycle);
    for (const cycle of cycles) cycle.isAlive = false;
    if (generation === 1) pending += survivors.length;
    if (generation === 2) {
      pending = 0;
      total = survivors.length + program.old;
    }
    generations[Math.min(generation + 1, 2)]!.push(...survivors);
    told.push(generation, cycles.length);
  };
  const collectIfDue = (): void => {
    if (t0 === 0 || counts[0] <= t0) return;
    const isDue = counts[2] > t2;
    const hasGrown = pending >= Math.floor(total / 4);
    if (isDue && !hasGrown) spared++;
    if (isDue && hasGrown) collect(2);
    else if (counts[1] > t1) collect(1);
    else collect(0);
  };
  const bear = (): Modelled => {
    const born = { isAlive: true, isCycle: false };
    counts[0]++;
    if (seesNewest) generations[0]!.push(born);
    collectIfDue();
    if (!seesNewest) generations[0]!.push(born);
    return born;
  };
  const die = (dead: Modelled | undefined): void => {
    if (!dead?.isAlive) return;
    dead.isAlive = false;
    if (counts[0] > 0) counts[0]--;
  };

  const kept: (Modelled | undefined)[] = [];
  const watchers: (Modelled | undefined)[] = [];
  let lingering: Modelled | undefined;
  for (let i = 0; i < program.steps.length; i += 2) {
    const [kind, place] = program.steps.slice(i, i + 2) as [number, number];
    if (kind === KEEP) {
      die(kept[place]);
      kept[place] = undefined;
      kept[place] = bear();
    } else if (kind === BEAR_AND_DROP) die(bear());
    else if (kind === BEAR_CYCLE) bear().isCycle = true;
    else if (kind === DROP) {
      die(kept[place]);
      kept[place] = undefined;
    } else if (kind === COLLECT) collect(place);
    else if (kind === WATCH) {
      if (kept[place]) {
        die(watchers[place]);
        watchers[place] = bear();
      }
    } else {
      // Whatever generation it was in by then: what is resurrected by its refcount begins anew.
      bear().isAlive = false;
      die(lingering);
      lingering = { isAlive: true, isCycle: false };
      generations[0]!.push(lingering);
    }
    told.push(tellCounts(...counts));
  }
  return { told, spared };
}
