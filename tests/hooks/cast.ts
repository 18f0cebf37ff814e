// A heap and, beside it, a model of it in plain JavaScript: who refers to whom, who is held by handles, and whose
// finalizer ran how often. Whatever hooks do, they do to both; then both must agree.
//
// The rules of the model are few: what the test's handles, or what those reach, is alive, and nothing else is once
// everything has been collected; a finalizer runs once, before its object goes; a weak reference or an entry of a
// weak map is there as long as its referent or its key is.

import { Heap } from "../../src/index.js";
import type {
  DictHandle,
  Handle,
  ListHandle,
  StructHandle,
  StructType,
  WeakKeyMapHandle,
  WeakrefHandle,
} from "../../src/index.js";
import type { Build } from "../support/core.js";
import { codeOf } from "../support/heap.js";
import { countedHeap, unitsOf } from "../support/work.js";

export const FIELDS = { left: "ref", right: "ref", id: "i32" } as const;
type Fields = typeof FIELDS;
export type Slot = "left" | "right";
const SLOTS: readonly Slot[] = ["left", "right"];

/** As `expect`, which takes longer than all the rest of a small scene. */
function must(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(actual)}`);
}

/** An object of the model. */
export interface Actor {
  id: number;
  hasHook: boolean;
  left: Actor | null;
  right: Actor | null;
  /** The handles that hold it. */
  held: Handle[];
  /** How often its finalizer ran. */
  ran: number;
}

/** A list or a dict whose values are actors. */
export interface Container {
  handle: ListHandle | DictHandle;
  items: Actor[];
}

export type Hook = (self: StructHandle | undefined) => void;

/** Small enough to be filled in no time. */
const MAX_BYTES = 4 * 2 ** 20;
/** Types there are from the start: the table of types lies in a buffer, and the next that are defined move it. */
const FIRST_TYPES = 60;

export class Cast {
  readonly heap: Heap;
  readonly actors = new Map<number, Actor>();
  readonly containers: Container[] = [];
  readonly map: WeakKeyMapHandle;
  /** Entries of the weak map: key and value. */
  entries: [key: Actor, value: Actor][] = [];
  /** Weak references that were made while their referent was alive, and not found to be garbage since. */
  /** Weak references with callbacks of a place. */
  readonly callbacks: Handle[] = [];
  /** What else is held until the end. */
  readonly kept: Handle[] = [];
  readonly weakrefs: { weakref: WeakrefHandle; referent: Actor }[] = [];
  /** What went wrong inside hooks. */
  readonly unraisable: unknown[] = [];
  /** What must be so once all deaths have ended. */
  readonly later: (() => void)[] = [];
  /** Called by the finalizer of one actor, or by whatever else a place hooks. */
  hook: Hook = () => undefined;
  /** Called when a hook throws. */
  onError: (() => void) | undefined;
  /** The actor whose finalizer calls the hook. */
  star: Actor | undefined;
  /** Whether each finalizer calls it. */
  isEveryone = false;
  readonly #loud: StructType<Fields>;
  readonly #plain: StructType<Fields>;
  #nextId = 1;

  private constructor(heap: Heap) {
    this.heap = heap;
    for (let i = 0; i < FIRST_TYPES; i++) this.newType();
    const finalize = (object: StructHandle): void => {
      const actor = this.actorOf(object);
      actor.ran++;
      if (actor === this.star || this.isEveryone) this.hook(object);
    };
    this.#loud = heap.struct("Loud", FIELDS, { finalize });
    this.#plain = heap.struct("Plain", FIELDS);
    this.map = heap.weakref.keyMap();
  }

  static async on(build: Build, pauses: "unbounded" | "bounded"): Promise<Cast> {
    const errors: unknown[] = [];
    let cast: Cast | undefined;
    const onUnraisable = (error: unknown): void => {
      errors.push(error);
      try {
        cast?.onError?.();
      } catch (second) {
        // What this hook throws would end the process.
        errors.push(second);
      }
    };
    const thresholds = [1_000_000, 10, 10] as [number, number, number];
    const heap = await countedHeap(build, { pauses, maxBytes: MAX_BYTES, onUnraisable, thresholds });
    cast = new Cast(heap);
    Object.assign(cast, { unraisable: errors });
    return cast;
  }

  get isBounded(): boolean {
    return this.heap.gc.pauses === "bounded";
  }

  newType(): void {
    const { store } = this.heap.none;
    store.require(() => store.core.defineType(8, 1, 0), "a type");
  }

  /** Makes something that lives until the end. */
  keep(make: () => Handle): void {
    this.kept.push(this.heap.none.store.outsideScopes(make));
  }

  // ---- The model, and the heap

  /** A new actor, held once. */
  make(hasHook = true): Actor {
    const id = this.#nextId++;
    const handle = this.heap.none.store.outsideScopes(() => (hasHook ? this.#loud : this.#plain).new({ id }));
    const actor: Actor = { id, hasHook, left: null, right: null, held: [handle], ran: 0 };
    this.actors.set(id, actor);
    return actor;
  }

  actorOf(handle: Handle): Actor {
    const actor = this.actors.get((handle as StructHandle).get("id") as number);
    if (!actor) throw new Error("an object that nobody made");
    return actor;
  }

  handleOf(actor: Actor): StructHandle {
    const [handle] = actor.held;
    if (!handle) throw new Error(`nobody holds actor ${actor.id}`);
    return handle as StructHandle;
  }

  /** Holds an actor more often. Stops where memory is out. */
  hold(handle: Handle, times = 1): void {
    const actor = this.actorOf(handle);
    for (let i = 0; i < times; i++) {
      try {
        actor.held.push(handle.store.outsideScopes(() => handle.clone()));
      } catch (error) {
        if ((error as { code?: string }).code !== "OUT_OF_MEMORY") throw error;
        return;
      }
    }
  }

  /** Releases all handles of an actor. */
  drop(...actors: Actor[]): void {
    for (const actor of actors) for (const handle of actor.held.splice(0)) handle.release();
  }

  link(from: Actor, slot: Slot, to: Actor | null, handle = this.handleOf(from)): void {
    // What was there may die of it, and its finalizer look around.
    from[slot] = to;
    if (to === null) handle.set(slot, null);
    else handle.set(slot, this.handleOf(to));
  }

  /** Two actors that hold each other, and a third that the second holds; no handles are left. */
  ring(first: Actor, second: Actor, third: Actor): void {
    this.link(first, "left", second);
    this.link(second, "left", first);
    this.link(second, "right", third);
  }

  list(items: readonly Actor[]): Container {
    const container = { handle: this.heap.list(items.map((item) => this.handleOf(item))), items: [...items] };
    this.containers.push(container);
    return container;
  }
  dict(items: readonly Actor[]): Container {
    const handle = this.heap.dict(items.map((item, at) => [at, this.handleOf(item)] as const));
    const container = { handle, items: [...items] };
    this.containers.push(container);
    return container;
  }
  clear(container: Container): void {
    container.items = [];
    if (!container.handle.released) container.handle.clear();
  }
  /** Releases a container. */
  dropContainer(container: Container): void {
    container.items = [];
    container.handle.release();
  }

  enter(key: Handle, value: Handle): void {
    const [from, to] = [this.actorOf(key), this.actorOf(value)];
    this.map.set(key, value);
    this.entries = this.entries.filter(([one]) => one !== from);
    this.entries.push([from, to]);
  }

  watch(object: Handle): void {
    const weakref = object.store.outsideScopes(() => this.heap.weakref.ref(object));
    this.weakrefs.push({ weakref, referent: this.actorOf(object) });
  }

  /** Makes everything old. */
  age(): void {
    this.heap.gc.collect(1);
    this.heap.gc.collect(1);
  }

  /** Ends what waits, step by step. */
  settle(units = 200): void {
    for (let steps = 0; this.heap.gc.step(units); steps++) if (steps > 100_000) throw new Error("it does not end");
  }

  // ---- What must be so

  /** Who is alive by the model. */
  alive(): Set<Actor> {
    const alive = new Set<Actor>();
    const reach = (actor: Actor | null): void => {
      const work = actor ? [actor] : [];
      for (let next = work.pop(); next; next = work.pop()) {
        if (alive.has(next)) continue;
        alive.add(next);
        for (const slot of SLOTS) if (next[slot]) work.push(next[slot]);
      }
    };
    for (const actor of this.actors.values()) if (actor.held.length > 0) reach(actor);
    for (const { items } of this.containers) items.forEach(reach);
    // A value is held as long as its key is alive.
    for (let before = -1; before !== alive.size;) {
      before = alive.size;
      for (const [key, value] of this.entries) if (alive.has(key)) reach(value);
    }
    return alive;
  }

  /** Collects all there is to collect, and compares. */
  check(): void {
    const { heap } = this;
    heap.verify();
    this.settle();
    heap.gc.unfreeze();
    // What a finalizer brought back and let go of is found by the next.
    for (let round = 0; round < 3; round++) heap.gc.collect();
    heap.verify();
    const alive = this.alive();
    this.entries = this.entries.filter(([key]) => alive.has(key));
    for (const actor of this.actors.values()) this.#checkFinalizer(actor, alive.has(actor));
    must("actors that are alive", this.#population(), alive.size);
    for (const actor of alive) this.#checkActor(actor, alive);
    this.#checkWeak(alive);
    for (const check of this.later) check();
  }

  #checkFinalizer(actor: Actor, isAlive: boolean): void {
    if (!actor.hasHook) return;
    if (isAlive) must(`finalizers of actor ${actor.id}, which lives`, actor.ran, Math.min(actor.ran, 1));
    else must(`finalizers of actor ${actor.id}, which is gone`, actor.ran, 1);
  }

  #population(): number {
    const { core } = this.heap.none.store;
    core.census();
    return core.typeCount(this.#loud.id) + core.typeCount(this.#plain.id);
  }

  /** Every count is exact: nobody but the model's own refers to an actor. */
  #checkActor(actor: Actor, alive: ReadonlySet<Actor>): void {
    const handle = this.#handleOn(actor, alive);
    if (!handle) return;
    let references = actor.held.length;
    for (const other of alive) for (const slot of SLOTS) if (other[slot] === actor) references++;
    for (const { items } of this.containers) references += items.filter((item) => item === actor).length;
    references += this.entries.filter(([, value]) => value === actor).length;
    must("its number", handle.get("id"), actor.id);
    // The handle that was made to look is one more.
    const extra = actor.held.includes(handle) ? 0 : 1;
    must(`references to actor ${actor.id}`, handle.refcount - extra, references);
    for (const slot of SLOTS) {
      const found = handle.get(slot) as StructHandle | null;
      must(`actor ${actor.id}.${slot}`, found?.get("id") ?? null, actor[slot]?.id ?? null);
      found?.release();
    }
    if (extra > 0) handle.release();
  }

  /** A handle for an actor that may be held by others alone. */
  #handleOn(actor: Actor, alive: ReadonlySet<Actor>): StructHandle | undefined {
    if (actor.held.length > 0) return this.handleOf(actor);
    for (const other of alive) {
      if (other.held.length === 0) continue;
      for (const slot of SLOTS) if (other[slot] === actor) return this.handleOf(other).get(slot) as StructHandle;
    }
    return undefined;
  }

  #checkWeak(alive: ReadonlySet<Actor>): void {
    for (const { weakref, referent } of this.weakrefs)
      must(`the weak reference to actor ${referent.id} is alive`, weakref.alive, alive.has(referent));
    must("entries of the weak map", this.map.size, this.entries.length);
    for (const [key, value] of this.entries) {
      if (key.held.length === 0) continue;
      const found = this.map.get(this.handleOf(key)) as StructHandle;
      must(`the value of actor ${key.id}`, found.get("id"), value.id);
      found.release();
    }
  }

  /** Lets go of everything: nothing is left, and each finalizer has run once. */
  end(): void {
    const { heap } = this;
    this.hook = () => undefined;
    heap.gc.callbacks.length = 0;
    heap.gc.setDebug(0);
    for (const container of this.containers) this.dropContainer(container);
    for (const actor of this.actors.values()) this.drop(actor);
    for (const { weakref } of this.weakrefs) weakref.release();
    for (const handle of [...this.callbacks, ...this.kept]) handle.release();
    this.weakrefs.length = 0;
    this.check();
    must("actors that are left", this.alive().size, 0);
    heap.dispose();
  }
}

/** Runs a scene on the heap of a cast. A core that never returns traps. */
export function play(cast: Cast, run: () => void): void {
  unitsOf(cast.heap, run);
}

export { codeOf };
