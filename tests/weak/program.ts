// A random program of weak maps, keys of all kinds, weak references and finalizers, beside a model of it.

import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  PHASE_GATHERING,
  RESULT_FOUND,
  RESULT_MISSING,
  TYPE_HAS_FINALIZER,
} from "../../assembly/layout.js";
import { fieldOf, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";
import { seededRandom } from "../support/random.js";
import { Comparison } from "./compare.js";
import { Model, nameOf } from "./model.js";
import type { Thing } from "./model.js";

export interface ProgramOptions {
  seed: number;
  steps: number;
  build: Build;
  isBounded: boolean;
}

const SLOTS = 2;
/** Where a program begins to let go of things. */
const MANY = 40;
/** More than a header can count. */
const MANY_ROOTS = 260;
const MAX_DEPTH = 3;

export class WeakProgram {
  readonly #random: Random;
  readonly #core: Core;
  readonly #model = new Model();
  readonly #comparison: Comparison;
  readonly #types: { leaf: number; node: number; loud: number };
  readonly #callbacks: Thing[] = [];
  readonly #phases = new Set<number>();
  #depth = 0;
  #hooks = 0;
  #revived = 0;
  #failure: unknown;

  constructor(readonly options: ProgramOptions) {
    const { seed, build, isBounded } = options;
    this.#random = seededRandom(seed);
    this.#core = startCore(build, {
      finalize: (object) => {
        this.#hook(() => this.#onFinalize(object >>> 0));
      },
      callback: (weakref, id) => {
        this.#hook(() => this.#onCallback(weakref >>> 0, id));
      },
    });
    const core = this.#core;
    this.#types = {
      leaf: core.defineType(8, 0, 0),
      node: core.defineType(8, SLOTS, 0),
      loud: core.defineType(8, SLOTS, TYPE_HAS_FINALIZER),
    };
    if (isBounded) core.setBounded(1);
    // Half of the programs leave all collections to `#collect` and `#stepOn`.
    if (seed % 2) core.setThresholds(100_000, 2, 2);
    else core.setThresholds(6, 2, 2);
    if (seed % 5 === 0) core.setClearsAllWeakrefs(1);
    this.#comparison = new Comparison(core, this.#model);
  }

  /** Runs the program. Throws, with seed and step, at the first difference. */
  run(): { hooks: number; revived: number; phases: Set<number> } {
    let step = 0;
    try {
      for (step = 1; step <= this.options.steps; step++) {
        this.#act();
        this.#check();
        if (!this.options.isBounded) continue;
        this.#stepOn();
        this.#check();
      }
      this.#end();
    } catch (error) {
      const { seed, build, isBounded } = this.options;
      const way = `${build} core, ${isBounded ? "bounded" : "unbounded"} pauses`;
      throw new Error(`seed ${seed}, step ${step}, ${way}: ${(error as Error).message}`, { cause: error });
    }
    return { hooks: this.#hooks, revived: this.#revived, phases: this.#phases };
  }

  #check(): void {
    if (this.#failure) throw this.#failure as Error;
    this.#comparison.run(this.#depth > 0);
  }

  // ---- What a program does

  #act(): void {
    const held = this.#model.held();
    if (held.length < 6) {
      this.#create();
      return;
    }
    if (held.length > MANY) for (let i = 0; i < 20; i++) this.#drop();
    const turn = this.#random(22);
    if (turn < 3) this.#create();
    else if (turn < 6) this.#link();
    else if (turn < 9) this.#drop();
    else if (turn === 9) this.#collect();
    else if (turn === 10) this.#rest();
    else this.#useWeakly(turn - 11);
  }

  #useWeakly(turn: number): void {
    if (turn < 3) this.#setEntry();
    else if (turn === 3) this.#deleteEntry();
    else if (turn === 4) this.#getValue();
    else if (turn === 5) this.#keepListedKey();
    else if (turn === 6) this.#refer();
    else if (turn < 10) this.#revive();
    else if (this.#random(4) === 0) this.#clearMap();
  }

  #create(): void {
    const { core, types } = { core: this.#core, types: this.#types };
    switch (this.#random(8)) {
      case 0:
        this.#add("leaf", core.alloc(types.leaf));
        break;
      case 1:
        this.#add("bigint", core.newInt(this.#random(1000), 0, 1));
        break;
      case 2:
        this.#createTuple();
        break;
      case 3:
        this.#add("map", core.newWeakMap(0));
        break;
      case 4:
        this.#add("set", core.newWeakMap(1));
        break;
      case 5:
        this.#add("loud", core.alloc(types.loud), { slots: [null, null] });
        break;
      default:
        this.#add("node", core.alloc(types.node), { slots: [null, null] });
    }
  }

  #add(kind: Thing["kind"], address: number, of: Parameters<Model["add"]>[2] = {}): Thing {
    if (address === 0) throw new Error("out of memory");
    return this.#model.add(kind, address >>> 0, of);
  }

  #createTuple(): void {
    const core = this.#core;
    const tuple = core.newTuple(SLOTS);
    // The birth may have collected: only now is it known who is held.
    const slots = Array.from({ length: SLOTS }, () => this.#anyHeld());
    slots.forEach((item, index) => {
      core.tupleInit(tuple, index, item?.address ?? core.none());
    });
    this.#add("tuple", tuple, { slots });
  }

  #link(): void {
    const from = this.#heldOf("node", "loud");
    const to = this.#random(3) ? this.#anyHeld() : null;
    if (!from) return;
    const slot = this.#random(SLOTS);
    from.slots[slot] = to;
    this.#core.setRef(from.address, slot, to?.address ?? 0);
  }

  #drop(): void {
    const thing = this.#anyHeld();
    if (!thing) return;
    const count = thing.roots > 254 ? thing.roots - this.#random(2) : 1;
    for (let i = 0; i < count && thing.roots > 0; i++) {
      thing.roots--;
      this.#core.decref(thing.address);
    }
  }

  #collect(): void {
    // A full collection gives up what a cycle has marked, and few cycles would get any further.
    this.#core.collect(this.#random(this.options.isBounded && this.#random(12) ? 2 : 3));
  }

  /** What happens seldom. */
  #rest(): void {
    const turn = this.#random(6);
    const thing = this.#anyHeld();
    if (turn === 0 && thing)
      for (let i = 0; i < MANY_ROOTS; i++) {
        this.#core.incref(thing.address);
        thing.roots++;
      }
    else if (turn === 4 && this.#depth === 0) this.#collectAll();
    else if (turn === 1) this.#core.freeze();
    else if (turn === 2) this.#core.unfreeze();
    else if (turn === 3 && this.options.isBounded) this.#core.setBounded(this.#random(8) ? 1 : 0);
  }

  /** A piece of a cycle's work, from the smallest to more than there is. */
  #stepOn(): void {
    // Behind the decision as little as can be: few objects have hooks, and those phases would be over in one step.
    const isDecided = this.#core.phase() >= PHASE_GATHERING;
    this.#core.step(isDecided ? 1 : 1 + this.#random(1 << this.#random(9)));
    this.#phases.add(this.#core.phase());
  }

  #setEntry(): void {
    const map = this.#heldOf("map", "set");
    const key = this.#anyHeld();
    const value = map?.kind === "set" ? null : this.#anyHeld();
    if (!map || !key || value === undefined) return;
    const isNew = !map.entries.has(key);
    map.entries.set(key, value);
    const result = this.#core.weakMapSet(map.address, key.address, value?.address ?? this.#core.none());
    if ((result === RESULT_FOUND) === isNew) throw new Error("a weak map does not know its keys");
  }

  #deleteEntry(): void {
    const map = this.#heldOf("map", "set");
    const key =
      map && this.#random(4) ? this.#pick([...map.entries.keys()].filter(({ roots }) => roots > 0)) : this.#anyHeld();
    if (!map || !key) return;
    const isThere = map.entries.delete(key);
    const result = this.#core.weakMapDelete(map.address, key.address);
    if (result !== (isThere ? RESULT_FOUND : RESULT_MISSING)) throw new Error("a weak map deleted wrongly");
  }

  #clearMap(): void {
    const map = this.#heldOf("map", "set");
    if (!map) return;
    map.entries.clear();
    this.#core.weakMapClear(map.address);
  }

  /** A value that a map has becomes held. */
  #getValue(): void {
    const map = this.#heldOf("map");
    const key = map && this.#pick([...map.entries.keys()].filter(({ roots }) => roots > 0));
    if (!map || !key) return;
    const entry = this.#core.weakMapFind(map.address, key.address) >>> 0;
    if (entry === 0) throw new Error("a weak map has lost an entry");
    this.#hold(this.#core.word(entry + EPHEMERON_VALUE_OFFSET), map.entries.get(key) as Thing);
  }

  /** A key that a map lists becomes held: one that nothing else holds, if there is one. */
  #keepListedKey(): void {
    const map = this.#heldOf("map", "set");
    if (!map) return;
    const keys: number[] = [];
    for (let entry = 0; (entry = this.#core.weakMapEntryAfter(map.address, entry) >>> 0) !== 0;)
      keys.push(this.#core.word(entry + EPHEMERON_KEY_OFFSET));
    if (keys.length === 0) return;
    const reachable = this.#model.reachable();
    const alone = keys.filter((key) => !reachable.has(this.#model.byAddress.get(key) as Thing));
    const key = pick(this.#random, alone.length > 0 ? alone : keys);
    this.#hold(key, this.#model.byAddress.get(key));
  }

  #hold(address: number, expected: Thing | undefined): void {
    if (!expected || expected.isDead || expected.address !== address)
      throw new Error("what was found is another object");
    if (!this.#model.reachable().has(expected)) this.#revived++;
    this.#core.incref(address);
    expected.roots++;
  }

  #refer(): void {
    const referent = this.#anyHeld();
    if (!referent) return;
    const callback = this.#random(2) ? this.#callbacks.length + 1 : 0;
    // Its id is taken before the birth, which may run other hooks.
    if (callback) this.#callbacks.push(undefined as never);
    const address = this.#core.newWeakref(referent.address, callback) >>> 0;
    const shared = callback ? undefined : this.#model.byAddress.get(address);
    if (shared?.referent === referent && this.#core.refcount(address) > 1) shared.roots++;
    else {
      const weakref = this.#add("weakref", address, { referent, callback });
      if (callback) this.#callbacks[callback - 1] = weakref;
    }
  }

  /** A weak reference is followed: one whose referent nothing else holds any more, if there is one. */
  #revive(): void {
    const reachable = this.#model.reachable();
    const weakrefs = this.#model.held().filter(({ kind }) => kind === "weakref");
    const alone = weakrefs.filter(({ referent }) => referent && !referent.isDead && !reachable.has(referent));
    const weakref = this.#pick(alone.length > 0 ? alone : weakrefs);
    if (!weakref) return;
    const target = this.#core.weakrefTarget(weakref.address) >>> 0;
    if (target === 0) return;
    const referent = weakref.referent as Thing;
    this.#hold(target, referent);
  }

  // ---- What happens to it

  #hook(run: () => void): void {
    this.#hooks++;
    this.#depth++;
    try {
      if (!this.#failure) run();
    } catch (error) {
      this.#failure ??= error;
    } finally {
      this.#depth--;
    }
  }

  #onFinalize(address: number): void {
    const thing = this.#model.byAddress.get(address);
    if (!thing) throw new Error("a finalizer ran for an object that nobody made");
    if (thing.isFinalized) throw new Error("a finalizer ran twice");
    thing.isFinalized = true;
    this.#misbehave(thing, () => {
      this.#core.incref(address);
      thing.roots++;
    });
  }

  #onCallback(address: number, id: number): void {
    const weakref = this.#callbacks[id - 1];
    if (weakref?.address !== address) throw new Error("a callback ran for another weak reference");
    weakref.calls++;
    if (this.#core.weakrefTarget(address)) throw new Error("a callback ran for a weak reference that is alive");
    this.#misbehave(weakref, () => undefined);
  }

  /** What hooks do: anything at all, a few times. */
  #misbehave(lent: Thing, own: () => void): void {
    this.#model.lent.push(lent);
    this.#check();
    if (this.#depth <= MAX_DEPTH) {
      for (let i = this.#random(3); i > 0; i--) {
        if (this.#random(4) === 0) own();
        else if (this.#random(2)) this.#useWeakly(this.#random(9));
        else this.#act();
        this.#check();
      }
    }
    this.#model.lent.splice(this.#model.lent.lastIndexOf(lent), 1);
  }

  // ---- The end

  #end(): void {
    const core = this.#core;
    this.#collectAll();
    for (let round = 0; round < 100 && this.#model.things.size > 0; round++) {
      for (const thing of this.#model.held())
        while (thing.roots > 0) {
          thing.roots--;
          core.decref(thing.address);
        }
      this.#check();
      // Hooks may have frozen what is left.
      core.unfreeze();
      core.collect(2);
      this.#check();
    }
    if (this.#model.things.size > 0) throw new Error(`${this.#model.things.size} objects are left at the end`);
    for (const field of ["weakrefs", "weakrefMapSize", "entryMapSize", "entryIndexSize", "rootsMapSize"] as const)
      if (fieldOf(this.#core, field)) throw new Error(`${field} is ${fieldOf(this.#core, field)} at the end`);
  }

  /** Full collections leave nothing but what can be reached, once no hook has a say any more. */
  #collectAll(): void {
    for (let round = 0, hooks = -1; round < 100 && hooks !== this.#hooks; round++) {
      hooks = this.#hooks;
      this.#core.unfreeze();
      this.#core.collect(2);
      this.#check();
    }
    const reachable = this.#model.reachable();
    for (const thing of this.#model.things)
      if (!reachable.has(thing)) throw new Error(`${nameOf(thing)} is garbage, and was not collected`);
  }

  #anyHeld(): Thing | null {
    return this.#pick(this.#model.held()) ?? null;
  }
  #heldOf(...kinds: readonly Thing["kind"][]): Thing | undefined {
    return this.#pick(this.#model.held().filter(({ kind }) => kinds.includes(kind)));
  }
  #pick(things: readonly Thing[]): Thing | undefined {
    return things.length ? pick(this.#random, things) : undefined;
  }
}
