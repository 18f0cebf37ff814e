import { beforeAll, describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { CORES } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import {
  BEAR_AND_DROP,
  BEAR_CYCLE,
  COLLECT,
  DROP,
  KEEP,
  LINGER,
  WATCH,
  modelOf,
  tellCounts,
} from "./generation-model.js";
import type { Births, Told } from "./generation-model.js";
import { START_TIMEOUT, startPython, textFunction } from "./python.js";

/** How many, from the first seed on: a few, or one for each 50 programs of `npm run fuzz:cpython`. */
const PROGRAMS = Math.max(5, Math.ceil(howMany(0) / 50));

let play: (program: string) => string;

beforeAll(async () => {
  play = textFunction(await startPython("gc-sequences.py"), "play");
}, START_TIMEOUT);

/** Each program has a mood of its own: what it mostly does. */
function write(seed: number): Births {
  const random = seededRandom(seed);
  const places = 1 + random(random(2) ? 3000 : 50);
  const cycles = random(60);
  const drops = random(30);
  const collections = random(3) === 0 ? 2 : 0;
  const steps: number[] = [];
  for (let left = 4000 + random(4000); left > 0; left--) {
    const choice = random(1000);
    if (random(20) === 0) steps.push(random(2) ? WATCH : LINGER, random(places));
    else if (choice < collections) steps.push(COLLECT, random(3));
    else if (choice < 10 * cycles) steps.push(BEAR_CYCLE, 0);
    else if (choice < 10 * cycles + 10 * drops) steps.push(random(2) ? DROP : BEAR_AND_DROP, random(places));
    else steps.push(KEEP, random(places));
  }
  const threshold0 = random(15) === 0 ? 0 : 1 + random(random(2) ? 20 : 300);
  const thresholds: Births["thresholds"] = [threshold0, random(8) - 1, random(8) - 1];
  return { thresholds, old: random(2) ? 0 : random(5000), places, steps };
}

/** What the heap tells of a program. */
function heapPlays(options: Parameters<typeof Heap.createSync>[0], program: Births): Told {
  const heap = Heap.createSync({ ...options });
  const { core, gc } = heap;
  const raw = heap.scope(() => heap.none.store.core);
  const { id } = heap.struct("Node", { link: "ref" });
  let lingering = 0;
  const Lingering = heap.struct(
    "Lingering",
    {},
    {
      finalize: ({ address }) => {
        const before = lingering;
        core.incref(address);
        lingering = address;
        if (before !== 0) core.decref(before);
      },
    },
  );
  const told: Told = [];
  gc.disable();
  gc.setThreshold(...program.thresholds);
  for (let i = 0; i < program.old; i++) core.alloc(id);
  gc.collect();
  gc.callbacks.push((phase, { generation, collected }) => {
    if (phase === "stop") told.push(generation, collected);
  });
  gc.enable();
  const kept: number[] = [];
  const watchers: number[] = [];
  const drop = (places: number[], place: number): void => {
    const object = places[place] ?? 0;
    places[place] = 0;
    if (object !== 0) core.decref(object);
  };
  for (let i = 0; i < program.steps.length; i += 2) {
    const [kind, place] = program.steps.slice(i, i + 2) as [number, number];
    if (kind === KEEP) {
      drop(kept, place);
      kept[place] = core.alloc(id);
    } else if (kind === BEAR_AND_DROP) core.decref(core.alloc(id));
    else if (kind === BEAR_CYCLE) {
      const object = core.alloc(id);
      core.setRef(object, 0, object);
      core.decref(object);
    } else if (kind === DROP) drop(kept, place);
    else if (kind === COLLECT) gc.collect(place as 0);
    else if (kind === WATCH) {
      if (kept[place]) drop(watchers, place);
      if (kept[place]) watchers[place] = raw.newWeakref(kept[place], 1) >>> 0; // a callback that nobody knows does nothing
    } else core.decref(core.alloc(Lingering.id));
    told.push(tellCounts(...gc.getCount()));
  }
  heap.verify();
  gc.callbacks.length = 0; // `dispose` collects, too
  heap.dispose();
  return told;
}

/** The generations that were collected, one digit each. */
function generationsOf(told: Told): string {
  return told.filter((_, index) => isCollection(told, index)).join("");
}

/** Counts are negative, so of two numbers that are not, the first is a generation. */
function isCollection(told: Told, index: number): boolean {
  let start = index;
  while (start > 0 && (told[start - 1] as number) >= 0) start--;
  return (told[index] as number) >= 0 && (index - start) % 2 === 0;
}

/** Fails where two sides part. */
function mustAgree(a: Told, b: Told, { steps }: Births, about: string): void {
  const at = a.findIndex((one, index) => one !== b[index]);
  if (at < 0 && a.length === b.length) return;
  const around = (told: Told): string => told.slice(Math.max(0, at - 6), at + 6).join();
  const step = 2 * a.slice(0, at).filter((one) => one < 0).length;
  const before = steps.slice(Math.max(0, step - 6), step + 2).join();
  throw new Error(`${about}, steps ... ${before}: ${around(a)} and ${around(b)}`);
}

describe("collections run at the same births as in CPython", () => {
  test("under random thresholds, with births and deaths of every kind", () => {
    const first = seedOf(1);
    const started = performance.now();
    const totals = { births: 0, collections: [0, 0, 0], spared: 0, sameAsPython: 0 };
    for (let seed = first; seed < first + PROGRAMS; seed++) {
      const program = write(seed);
      const [, options] = CORES[seed % 4 === 0 ? 1 : 0] as (typeof CORES)[number];
      const python = JSON.parse(play(JSON.stringify(program))) as Told;
      const heap = heapPlays(options(), program);
      const about = `seed ${seed}, thresholds ${program.thresholds.join()}, old ${program.old}`;
      // The rules are one model's. D1 is all that there is between the two sides.
      const pythonModel = modelOf(program, true);
      const heapModel = modelOf(program, false);
      mustAgree(python, pythonModel.told, program, `CPython and the model, ${about}`);
      mustAgree(heap, heapModel.told, program, `the heap and the model, ${about}`);
      if (generationsOf(heap) === generationsOf(python)) totals.sameAsPython++;
      totals.spared += heapModel.spared;
      totals.births += program.steps.length / 2;
      for (const one of generationsOf(heap)) totals.collections[Number(one)]!++;
    }
    expect(totals.spared).toBeGreaterThan(PROGRAMS);
    // D1 seldom shows in the sequence.
    expect(totals.sameAsPython).toBeGreaterThan(PROGRAMS / 2);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${PROGRAMS} programs, seeds ${first} to ${first + PROGRAMS - 1}, ${totals.births} steps, ` +
        `collections ${totals.collections.join()}, ${totals.spared} times no quarter had come in, ` +
        `${totals.sameAsPython} with the same sequence as CPython, ${seconds} s`,
    );
  });
});
