// Random programs on a heap, against a plain model of references in JavaScript.
//
// The model knows only what was asked for: who was given a handle, who was put in whose slot, also from
// inside finalizers and callbacks. From that it follows what must be alive (all that handles reach),
// what may be (cycles not collected yet), and every refcount exactly. The heap's own `verify` runs after
// each step, and inside hooks.

import { PHASE_GATHERING, PHASE_SWEEPING } from "../../assembly/layout.js";
import { Heap } from "../../src/index.js";
import type { Fields, Handle, ListHandle, StructHandle, StructType, WeakrefHandle } from "../../src/index.js";
import { seededRandom } from "../support/random.js";

interface Modelled {
  id: number;
  isList: boolean;
  hasFinalizer: boolean;
  isFinalized: boolean;
  slots: (Modelled | null)[];
  handles: Handle[];
}

interface Weak {
  handle: WeakrefHandle;
  target: Modelled;
  hasCallback: boolean;
  calls: number;
}

export interface ProgramOptions {
  seed: number;
  steps: number;
  /** The core; the release one by default. */
  module?: WebAssembly.Module;
  /** Collect at every allocation; checked core only. */
  collectAlways?: boolean;
  maxBytes?: number;
  /** Also keep strings of all sizes, up to beyond the largest size class, so that pages come and go. */
  hoard?: boolean;
  /** Let a random request for memory fail now and then; checked core only. */
  failMemory?: boolean;
  /** Collect in steps, one between any two operations, and turn that off and on now and then. */
  bounded?: boolean;
}

interface Torture {
  tortureCollect(on: number): void;
  tortureFail(n: number): void;
}

const SLOTS = 3;
const MAX_OBJECTS = 60;

export class RandomProgram {
  readonly #random: (bound: number) => number;
  readonly #heap: Heap;
  readonly #types: { plain: StructType<Fields>; loud: StructType<Fields> };
  readonly #objects = new Set<Modelled>();
  readonly #byAddress = new Map<number, Modelled>();
  readonly #weaks: Weak[] = [];
  readonly #hoard: { handle: Handle; length: number }[] = [];
  readonly #torture: Torture;
  readonly #phases = new Set<number>();
  /** Objects that were unreachable at some time. */
  readonly #onceGarbage = new Set<Modelled>();
  /** Garbage that the sweep of a cycle has still to empty: until then its references count. */
  readonly #unswept = new Set<Modelled>();
  #refused = 0;
  #finalizers = 0;
  #nextId = 1;
  #thrown = 0;
  #reported = 0;
  #hooks = 0;
  #depth = 0;
  #step = 0;
  /** What went wrong inside a hook, where it may not be thrown. */
  #failure: Error | undefined;

  constructor(readonly options: ProgramOptions) {
    this.#random = seededRandom(options.seed);
    this.#heap = Heap.createSync({
      // With bounded pauses half of the programs leave all steps to `#stepOn`.
      thresholds: options.bounded && options.seed % 2 ? [100_000, 2, 2] : [6, 2, 2],
      traceHandles: false,
      ...(options.module ? { module: options.module } : {}),
      ...(options.maxBytes ? { maxBytes: options.maxBytes } : {}),
      ...(options.bounded ? { pauses: "bounded" } : {}),
      onUnraisable: (error) => {
        if (error === EXPECTED) this.#reported++;
        else this.#failure ??= error as Error;
      },
    });
    const fields = { a: "ref", b: "ref", c: "ref" } as const;
    this.#types = {
      plain: this.#heap.struct("Plain", fields),
      loud: this.#heap.struct("Loud", fields, { finalize: (object) => this.#onFinalize(object) }),
    };
    this.#torture = this.#heap.none.store.core as unknown as Torture;
    if (options.collectAlways) this.#torture.tortureCollect(1);
  }

  /** Runs the program. Throws, with seed and step, at the first difference. */
  run(): { hooks: number; objects: number; refused: number; phases: Set<number> } {
    try {
      for (this.#step = 1; this.#step <= this.options.steps; this.#step++) {
        this.#act();
        this.#compare();
        if (this.options.bounded) {
          this.#stepOn();
          this.#compare();
        }
      }
      this.#end();
    } catch (error) {
      throw new Error(`seed ${this.options.seed}, step ${this.#step}: ${(error as Error).message}`, { cause: error });
    }
    return { hooks: this.#hooks, objects: this.#nextId - 1, refused: this.#refused, phases: this.#phases };
  }

  // ---- What a program does

  /** A piece of a cycle's work, from the smallest to more than there is. */
  #stepOn(): void {
    const { gc } = this.#heap;
    if (this.#random(60) === 0) gc.pauses = gc.pauses === "bounded" ? "unbounded" : "bounded";
    gc.step(1 + this.#random(1 << this.#random(12)));
    this.#phases.add(this.#phase());
  }

  #phase(): number {
    return this.#heap.none.store.core.phase();
  }

  #act(): void {
    const fails = this.options.failMemory === true && this.#random(8) === 0;
    if (fails) this.#torture.tortureFail(1 + this.#random(4));
    try {
      this.#randomOperation();
    } catch (error) {
      // The collection that was to make room may have run a finalizer that released the handle at hand.
      const expected = fails || this.options.maxBytes ? ["OUT_OF_MEMORY", "RELEASED_HANDLE"] : ["OUT_OF_MEMORY"];
      if (!expected.includes((error as { code: string }).code)) throw error;
    } finally {
      if (fails) this.#torture.tortureFail(0);
    }
    if (this.options.hoard) this.#keepStrings();
    const held = this.#held();
    if (held.length > MAX_OBJECTS) for (let i = 0; i < 20; i++) this.#drop(this.#pick(this.#held()));
  }

  #randomOperation(): void {
    const held = this.#held();
    switch (this.#random(held.length < 4 ? 2 : 12)) {
      case 0:
      case 1:
        this.#create();
        break;
      case 2:
      case 3:
      case 4:
        this.#link(this.#pick(held), this.#pick(held));
        break;
      case 5:
        this.#unlink(this.#pick(held));
        break;
      case 6:
        this.#clone(this.#pick(held));
        break;
      case 7:
      case 8:
        this.#drop(this.#pick(held));
        break;
      case 9:
        this.#collect();
        break;
      case 10:
        this.#watch(this.#pick(held));
        break;
      default:
        this.#follow(this.#pick(held));
    }
  }

  #keepStrings(): void {
    if (this.#hoard.length && this.#random(2)) {
      const [{ handle, length }] = this.#hoard.splice(this.#random(this.#hoard.length), 1) as [
        { handle: Handle; length: number },
      ];
      if (handle.toJS() !== "x".repeat(length)) throw new Error(`a string of ${length} was overwritten`);
      handle.release();
      return;
    }
    const length = this.#random(this.#random(2) ? 300 : 90_000);
    try {
      this.#hoard.push({ handle: this.#heap.str("x".repeat(length)), length });
    } catch (error) {
      if ((error as { code?: string }).code !== "OUT_OF_MEMORY") throw error;
      this.#refused++;
    }
  }

  #create(): Modelled {
    const kind = this.#random(3);
    const handle: Handle =
      kind === 0 ? this.#heap.list() : kind === 1 ? this.#types.plain.new() : this.#types.loud.new();
    const object: Modelled = {
      id: this.#nextId++,
      isList: kind === 0,
      hasFinalizer: kind === 2,
      isFinalized: false,
      slots: kind === 0 ? [] : Array.from({ length: SLOTS }, () => null),
      handles: [handle],
    };
    this.#objects.add(object);
    this.#byAddress.set(handle.address, object);
    return object;
  }

  #link(from: Modelled, to: Modelled): void {
    const source = from.handles[0];
    const target = to.handles[0];
    if (!source || !target) return;
    if (from.isList) {
      (source as ListHandle).append(target);
      from.slots.push(to);
      return;
    }
    this.#write(from, source as StructHandle, this.#random(SLOTS), to, target);
  }

  /** The model changes first: the old value's finalizer may look at it, or change it again. */
  #write(from: Modelled, source: StructHandle, slot: number, to: Modelled | null, target: Handle | null): void {
    from.slots[slot] = to;
    source.set("abc"[slot] as string, target);
  }

  #unlink(from: Modelled): void {
    const source = from.handles[0];
    if (!source) return;
    if (!from.isList) this.#write(from, source as StructHandle, this.#random(SLOTS), null, null);
    else if (from.slots.length) {
      const popped = (source as ListHandle).pop() as Handle;
      const expected = from.slots.pop() as Modelled;
      expected.handles.push(popped);
      if (this.#byAddress.get(popped.address) !== expected) throw new Error("pop returned another object");
    }
  }

  #clone(object: Modelled): void {
    const handle = object.handles[0];
    if (handle) object.handles.push(handle.clone());
  }

  #drop(object: Modelled | undefined): void {
    object?.handles.pop()?.release();
  }

  #follow(from: Modelled): void {
    const source = from.handles[0];
    if (!source || from.slots.length === 0) return;
    const slot = this.#random(from.slots.length);
    const expected = from.slots[slot] ?? null;
    const found = from.isList ? (source as ListHandle).get(slot) : (source as StructHandle).get("abc"[slot] as string);
    if ((found === null) !== (expected === null)) throw new Error("a slot is empty, or is not");
    if (found === null || expected === null) return;
    expected.handles.push(found as Handle);
    if (this.#byAddress.get((found as Handle).address) !== expected) throw new Error("a slot holds another object");
  }

  #watch(target: Modelled): void {
    const object = target.handles[0];
    if (!object || target.isList) return;
    const hasCallback = this.#random(3) > 0;
    const weak: Weak = { handle: undefined as never, target, hasCallback, calls: 0 };
    weak.handle = this.#heap.weakref.ref(object, hasCallback ? (dead) => this.#onCallback(weak, dead) : undefined);
    this.#weaks.push(weak);
    if (this.#weaks.length > 12) this.#weaks.splice(this.#random(12), 1)[0]?.handle.release();
  }

  #collect(): void {
    // A full collection gives up what a cycle has marked, and few cycles would get any further.
    const generation = this.#random(this.options.bounded && this.#random(10) ? 2 : 3) as 0 | 1 | 2;
    // Of what is older, references from garbage may be the last; it dies then, and is not counted.
    const examined = this.#alive(([0, 1, 2] as const).slice(0, generation + 1));
    const hooks = this.#hooks;
    const collected = this.#heap.gc.collect(generation);
    if (this.#hooks !== hooks) return; // what hooks did blurs the count
    const after = this.#alive();
    const died = [...examined].filter((object) => !after.has(object)).length;
    if (died !== collected) throw new Error(`collect() said ${collected}, but ${died} died`);
    if (generation < 2) return;
    const reachable = this.#reachable();
    for (const object of after)
      if (!reachable.has(object)) throw new Error(`object ${object.id} is garbage, and was not collected`);
  }

  // ---- What happens to it

  #onFinalize(object: StructHandle): void {
    this.#hooks++;
    const model = this.#byAddress.get(object.address);
    if (!model) throw new Error("a finalizer ran for an unknown object");
    if (model.isFinalized) throw new Error(`object ${model.id} was finalized twice`);
    model.isFinalized = true;
    this.#finalizers++;
    this.#misbehave(() => {
      if (this.#random(2)) model.handles.push(object.clone());
      else this.#write(model, object, this.#random(SLOTS), null, null);
    });
  }

  #onCallback(weak: Weak, dead: WeakrefHandle): void {
    this.#hooks++;
    weak.calls++;
    if (!weak.hasCallback || dead.alive) throw new Error("a callback ran for a weak reference that is alive");
    this.#misbehave(() => undefined);
  }

  /** The sort of thing that finalizers and callbacks do. */
  #misbehave(own: () => void): void {
    if (this.#depth > 3) return;
    this.#depth++;
    try {
      const held = this.#held();
      switch (this.#random(8)) {
        case 0:
          own();
          break;
        case 1:
          this.#thrown++;
          throw EXPECTED;
        case 2:
          this.#create();
          break;
        case 3:
          this.#heap.gc.collect();
          break;
        case 4:
          if (held.length) this.#drop(this.#pick(held));
          break;
        case 5:
          if (held.length) this.#link(this.#pick(held), this.#pick(held));
          break;
        default:
      }
      this.#heap.verify();
    } catch (error) {
      if ((error as { code?: string }).code !== "OUT_OF_MEMORY") throw error;
    } finally {
      this.#depth--;
    }
  }

  // ---- What must be so

  #compare(): void {
    if (this.#failure) throw this.#failure;
    this.#heap.verify();
    const alive = this.#alive();
    const reachable = this.#reachable();
    for (const object of reachable)
      if (!alive.has(object)) throw new Error(`object ${object.id} is reachable, and died`);
    for (const object of this.#objects) if (!reachable.has(object)) this.#onceGarbage.add(object);
    const isWaiting = this.options.bounded === true && this.#heap.stats().waiting > 0;
    // Until a cycle has run the finalizers of its garbage, it hides what may yet survive.
    if (this.#phase() >= PHASE_GATHERING && this.#phase() < PHASE_SWEEPING) return;
    const isSweeping = this.#phase() === PHASE_SWEEPING;
    if (!isSweeping) this.#unswept.clear();
    for (const object of this.#objects) {
      if (alive.has(object)) continue;
      // Its death may have been deferred to the next step, and with it its finalizer.
      if (isWaiting && object.hasFinalizer && !object.isFinalized) continue;
      if (object.hasFinalizer && !object.isFinalized) throw new Error(`object ${object.id} died without its finalizer`);
      this.#objects.delete(object);
      if (isSweeping) this.#unswept.add(object);
    }
    this.#compareRefcounts();
    this.#compareWeaks(alive);
    if (this.#thrown !== this.#reported)
      throw new Error(`${this.#thrown} errors were thrown, ${this.#reported} reported`);
  }

  #compareRefcounts(): void {
    const expected = new Map<Modelled, number>();
    const add = (object: Modelled, count: number): void =>
      void expected.set(object, (expected.get(object) ?? 0) + count);
    for (const object of this.#objects) {
      add(object, object.handles.length);
      for (const target of object.slots) if (target) add(target, 1);
    }
    const byGarbage = new Map<Modelled, number>();
    for (const { slots } of this.#unswept)
      for (const target of slots) if (target) byGarbage.set(target, (byGarbage.get(target) ?? 0) + 1);
    for (const [address, object] of this.#byAddress) {
      if (!this.#objects.has(object)) {
        this.#byAddress.delete(address);
        continue;
      }
      const actual = this.#heap.core.refcount(address);
      const count = expected.get(object) ?? 0;
      if (actual < count || actual > count + (byGarbage.get(object) ?? 0))
        throw new Error(`object ${object.id} has refcount ${actual} instead of ${count}`);
      if (actual === 0) throw new Error(`object ${object.id} is alive with no reference`);
    }
  }

  #compareWeaks(alive: Set<Modelled>): void {
    for (const { handle, target, hasCallback, calls } of this.#weaks) {
      if (handle.alive && !alive.has(target)) throw new Error("a weak reference outlived its referent");
      // Only those with a callback may: a collection kills them before a finalizer resurrects their referent. A cycle
      // kills all of what it finds to be garbage, and then spares what finalizers may see.
      const mayDieFirst =
        (hasCallback && this.#finalizers > 0) || (this.options.bounded && this.#onceGarbage.has(target));
      if (!handle.alive && alive.has(target) && !mayDieFirst) {
        throw new Error("a weak reference died before its referent");
      }
      if (calls !== (hasCallback && !handle.alive ? 1 : 0)) throw new Error(`a callback was called ${calls} times`);
    }
  }

  /** Everything that the heap says is alive, in these generations. */
  #alive(generations: readonly (0 | 1 | 2)[] = [0, 1, 2]): Set<Modelled> {
    const alive = new Set<Modelled>();
    for (const handle of generations.flatMap((generation) => this.#heap.gc.getObjects(generation))) {
      const { address, type } = handle;
      handle.release();
      if (type === "weakref") continue;
      const object = this.#byAddress.get(address);
      if (!object) throw new Error(`the heap has an unknown ${type} at 0x${address.toString(16)}`);
      alive.add(object);
    }
    return alive;
  }

  #reachable(): Set<Modelled> {
    const reachable = new Set(this.#held());
    for (const object of reachable) for (const target of object.slots) if (target) reachable.add(target);
    return reachable;
  }

  #held(): Modelled[] {
    return [...this.#objects].filter(({ handles }) => handles.length > 0);
  }

  #pick(objects: Modelled[]): Modelled {
    return objects[this.#random(objects.length)] as Modelled;
  }

  #end(): void {
    if (this.options.collectAlways) this.#torture.tortureCollect(0);
    for (const { handle } of this.#weaks.splice(0)) handle.release();
    for (const { handle } of this.#hoard.splice(0)) handle.release();
    for (let round = 0; round < 100 && this.#objects.size > 0; round++) {
      for (const object of this.#held()) while (object.handles.length) this.#drop(object);
      this.#heap.gc.collect();
      this.#compare();
    }
    if (this.#objects.size > 0) throw new Error(`${this.#objects.size} objects are left at the end`);
    this.#heap.dispose();
  }
}

const EXPECTED = new Error("thrown by a finalizer or callback on purpose");
