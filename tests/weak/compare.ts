// Holds a heap against the model of what its program has asked for.

import {
  EPHEMERON_KEY_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  FLAG_DYING,
  INFO_OFFSET,
  PHASE_IDLE,
  TYPE_EPHEMERON,
} from "../../assembly/layout.js";
import type { Core } from "../support/core.js";
import { nameOf } from "./model.js";
import type { Model, Thing } from "./model.js";

export class Comparison {
  readonly #core: Core;
  readonly #model: Model;
  /** What the heap is born with. */
  readonly #immortals: ReadonlySet<number>;

  constructor(core: Core, model: Model) {
    this.#core = core;
    this.#model = model;
    this.#immortals = new Set(this.#walk());
  }

  /** Throws at the first difference. In a hook, what is under way may hold objects. */
  run(isInHook: boolean): void {
    const broken = this.#core.verify();
    if (broken) throw new Error(`verify() says ${broken}, at 0x${(this.#core.verifyAddress() >>> 0).toString(16)}`);
    this.#buryTheDead();
    this.#model.noteGarbage();
    const reachable = this.#model.reachable();
    for (const thing of reachable) {
      if (this.#core.word(thing.address + INFO_OFFSET) & FLAG_DYING)
        throw new Error(`${nameOf(thing)} is reachable, and dying`);
      if (!isInHook) must(`outside references of ${nameOf(thing)}`, this.#core.roots(thing.address) >>> 0, thing.roots);
      this.#compareWeakrefsTo(thing, reachable);
      if (thing.kind === "weakref") this.#compareWeakref(thing, isInHook);
      if (thing.kind === "map" || thing.kind === "set") this.#compareMap(thing, reachable);
    }
  }

  *#walk(): Generator<number> {
    for (let object = this.#next(0); object !== 0; object = this.#next(object)) yield object;
  }
  #next(object: number): number {
    return this.#core.nextObject(object) >>> 0;
  }

  #buryTheDead(): void {
    const alive = new Set<Thing>();
    for (const address of this.#walk()) {
      if (this.#immortals.has(address) || this.#core.typeOf(address) === TYPE_EPHEMERON) continue;
      const thing = this.#model.byAddress.get(address);
      if (!thing) throw new Error(`nobody made the object at 0x${address.toString(16)}`);
      alive.add(thing);
    }
    for (const thing of this.#model.things) if (!alive.has(thing)) this.#model.bury(thing);
  }

  /** The entries of a map, as the heap lists them and as it finds them. */
  #compareMap(map: Thing, reachable: ReadonlySet<Thing>): void {
    const core = this.#core;
    const name = nameOf(map);
    const listed: Thing[] = [];
    for (let entry = this.#entryAfter(map, 0); entry !== 0; entry = this.#entryAfter(map, entry)) {
      const key = this.#model.byAddress.get(core.word(entry + EPHEMERON_KEY_OFFSET));
      if (!key || !map.entries.has(key)) throw new Error(`${name} lists a key that it does not have`);
      const value = core.word(entry + EPHEMERON_VALUE_OFFSET);
      must(`the listed value of ${nameOf(key)} in ${name}`, value, this.#valueOf(map, key));
      listed.push(key);
    }
    // Keys that nothing reaches may be listed or not.
    const expected = [...map.entries.keys()].reverse().filter((key) => reachable.has(key) || listed.includes(key));
    must(`keys of ${name}`, listed.map(nameOf).join(", "), expected.map(nameOf).join(", "));
    for (const key of reachable) {
      const entry = core.weakMapFind(map.address, key.address) >>> 0;
      must(`whether ${nameOf(key)} is in ${name}`, entry !== 0, map.entries.has(key));
      if (entry === 0) continue;
      must(`key of the entry found`, core.word(entry + EPHEMERON_KEY_OFFSET), key.address);
      must(`value of ${nameOf(key)} in ${name}`, core.word(entry + EPHEMERON_VALUE_OFFSET), this.#valueOf(map, key));
    }
  }
  #entryAfter(map: Thing, entry: number): number {
    return this.#core.weakMapEntryAfter(map.address, entry) >>> 0;
  }
  #valueOf(map: Thing, key: Thing): number {
    return map.entries.get(key)?.address ?? this.#core.none() >>> 0;
  }

  #compareWeakref(weakref: Thing, isInHook: boolean): void {
    const core = this.#core;
    const target = core.weakrefTarget(weakref.address) >>> 0;
    const referent = weakref.referent as Thing;
    const name = `${nameOf(weakref)} to ${nameOf(referent)}`;
    if (target !== 0) {
      must(`the referent of ${name}`, referent.isDead ? "an object that is dead" : target, referent.address);
      must(`calls of ${name}, which is alive`, weakref.calls, 0);
      return;
    }
    if (!referent.isDead && !referent.wasGarbage)
      throw new Error(`${name} is dead, and its referent never was garbage`);
    if (weakref.calls > 1) throw new Error(`${name} was called ${weakref.calls} times`);
    const isPlain = !isInHook && core.phase() === PHASE_IDLE && core.waiting() === 0;
    // One that is garbage itself is not called, and a finalizer may save it.
    if (isPlain && referent.isDead && !weakref.wasGarbage)
      must(`calls of ${name}`, weakref.calls, weakref.callback ? 1 : 0);
  }

  /** The weak references that an object says it has: the one without a callback, then the newest first. */
  #compareWeakrefsTo(thing: Thing, reachable: ReadonlySet<Thing>): void {
    const core = this.#core;
    const listed: Thing[] = [];
    for (
      let at = core.weakrefAfter(thing.address, 0) >>> 0;
      at !== 0;
      at = core.weakrefAfter(thing.address, at) >>> 0
    ) {
      const weakref = this.#model.byAddress.get(at);
      if (weakref?.referent !== thing)
        throw new Error(`${nameOf(thing)} lists a weak reference that is none of its own`);
      listed.push(weakref);
    }
    must(`weak references to ${nameOf(thing)}`, core.weakrefCount(thing.address), listed.length);
    const sorted = [...listed].sort((a, b) => Number(a.callback !== 0) - Number(b.callback !== 0) || b.id - a.id);
    must(`weak references to ${nameOf(thing)}`, listed.map(nameOf).join(", "), sorted.map(nameOf).join(", "));
    if (listed.filter(({ callback }) => callback === 0).length > 1)
      throw new Error(`${nameOf(thing)} has two weak references without a callback`);
    if (thing.wasGarbage) return;
    for (const weakref of reachable)
      if (weakref.referent === thing && !listed.includes(weakref))
        throw new Error(`${nameOf(thing)} does not list ${nameOf(weakref)}`);
  }
}

function must(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(actual)}`);
}
