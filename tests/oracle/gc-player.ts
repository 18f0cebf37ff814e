import { TYPE_WEAKREF } from "../../assembly/layout.js";
import { Heap, StructHandle, WeakrefHandle } from "../../src/index.js";
import type { Finalization, Finalizer, Generation, Handle, HeapOptions, StructType } from "../../src/index.js";
import type { CoreExports } from "../../src/wasm/readings.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";
import { isLookedAt } from "./gc-tame.js";
import { ROOTS, SLOTS } from "./gc-program.js";
import type { Action, Hook, Step } from "./gc-program.js";

/** What there is after a step. */
export interface Observation {
  roots: (string | null)[];
  kept: Record<string, string>;
  nodes: unknown[][];
  alive: string[];
  generations: string[][];
  counts: number[];
  frozen: number;
  garbage: string[];
}

/** What happened in a step, and what there is then. */
export type Told = [events: string[], observation: Observation];

const FIELDS = ["a", "b", "c", "d"];
const EXPECTED = new Error("Expected");

function show(is: boolean): string {
  return is ? "True" : "False";
}

const NOTHING: Observation = {
  roots: [],
  kept: {},
  nodes: [],
  alive: [],
  generations: [],
  counts: [],
  frozen: 0,
  garbage: [],
};
/** Most units of a step: a program has one of these. A cycle over a heap as small takes a few hundred to some thousands. */
const BUDGETS = [30, 300, 1000, 4000];

/** By code points, as Python sorts. */
function byName([a]: unknown[], [b]: unknown[]): number {
  return (a as string) < (b as string) ? -1 : 1;
}

/** Plays a program on a heap, and tells what `gc.py` tells. */
export class Player {
  readonly heap: Heap;
  readonly #core: CoreExports;
  readonly #types = new Map<string, StructType<Record<string, "ref">>>();
  readonly #slots = new Map<number, number>();
  readonly #roots: (Handle | null)[] = Array.from({ length: ROOTS }, () => null);
  readonly #kept = new Map<string, Handle>();
  readonly #hooks = new Map<string, Exclude<Hook, null>>();
  /** Who was born where. An address may be used again, and is then named again. */
  readonly #names = new Map<number, string>();
  readonly #finalizers: Finalizer[] = [];
  #events: string[] = [];
  #heard = 0;
  #savesGarbage = false;
  #isOver = false;
  /** Weak references with a callback, if the program holds all of them. */
  #pinned: Handle[] | null = null;
  readonly #budget: number = 0;
  /** Steps that left more to do, and the last ones of a cycle. */
  readonly steps = { between: 0, last: 0 };

  /** `random`: pauses are bounded, and steps of random budgets come between any two operations. */
  constructor(
    options: HeapOptions<WebAssembly.Module | BufferSource>,
    readonly random?: Random,
  ) {
    this.heap = Heap.createSync({
      ...options,
      weakrefTiming: "3.12", // D2
      onUnraisable: (error) => {
        if (error === EXPECTED) this.#events.push("raised Expected");
        else this.#events.push(`raised ${String(error)}`);
      },
    });
    if (random) {
      // On, since otherwise no cycle begins; but nothing is ever due.
      this.heap.gc.pauses = "bounded";
      this.heap.gc.setThreshold(1_000_000_000, 10, 10);
      this.#budget = pick(random, BUDGETS);
    } else this.heap.gc.disable();
    this.heap.gc.debugSink = () => undefined;
    this.#core = this.heap.scope(() => this.heap.none.store.core);
    for (const slots of SLOTS) {
      const fields = Object.fromEntries(FIELDS.slice(0, slots).map((field) => [field, "ref" as const]));
      this.#define(`plain ${slots}`, fields, undefined);
      this.#define(`loud ${slots}`, fields, (node) => {
        const name = this.#names.get(node.address) as string;
        this.#events.push(`finalizer of ${name}`);
        this.#runHook(name, node);
      });
    }
  }

  #define(name: string, fields: Record<string, "ref">, finalize: ((node: StructHandle) => void) | undefined): void {
    const type = this.heap.struct(name, fields, finalize === undefined ? {} : { finalize });
    this.#types.set(name, type);
    this.#slots.set(type.id, Object.keys(fields).length);
  }

  play(steps: readonly Step[]): Told[] {
    const told: Told[] = [];
    for (const [index, step] of steps.entries()) {
      this.#operate(`o${index}`, step);
      const events = this.#events;
      this.#events = [];
      this.heap.verify();
      // To look is to touch: a cycle under way may not notice.
      told.push([events, this.random && !isLookedAt(step) ? NOTHING : this.#observe()]);
    }
    this.#isOver = true;
    this.heap.dispose();
    return told;
  }

  /** Goes on with what is under way, or ages what is young, so that there is something to do. */
  #step(): void {
    if (!this.random) return;
    if (this.random(8) === 0) this.heap.gc.collect(this.random(2) as Generation);
    const isUnderWay = this.#core.phase() !== 0;
    if (this.heap.gc.step(1 + this.random(this.#budget))) this.steps.between++;
    if (isUnderWay && this.#core.phase() === 0) this.steps.last++;
  }

  // ---- Operations, of programs and of hooks. What Python's side holds in a variable is held here, too, as long.

  #operate(name: string, step: Step): void {
    const { gc } = this.heap;
    this.#step();
    switch (step[0]) {
      case "new":
        this.#holding(this.#new(name, step[2], step[3]), (node) => {
          this.#setRoot(step[1], node);
        });
        break;
      case "set":
        this.#withNode(step[1], (node) => {
          this.#withRoot(step[3], (value) => {
            node.set(this.#fieldOf(node, step[2]), value);
          });
        });
        break;
      case "clear":
        this.#withNode(step[1], (node) => {
          node.set(this.#fieldOf(node, step[2]), null);
        });
        break;
      case "drop":
        this.#setRoot(step[1], null);
        break;
      case "copy":
        this.#holding(this.#roots[step[1]]?.clone() ?? null, (value) => {
          this.#setRoot(step[2], value);
        });
        break;
      case "follow":
        this.#withNode(step[1], (node) => {
          this.#holding(node.get(this.#fieldOf(node, step[2])) as Handle | null, (value) => {
            if (value) this.#setRoot(step[3], value);
          });
        });
        break;
      case "weak":
        this.#withNode(step[1], (node) => {
          this.#holding(this.#watch(name, node, step[3]), (ref) => {
            this.#setRoot(step[2], ref);
          });
        });
        break;
      case "deref":
        this.#withRoot(step[1], (ref) => {
          if (!(ref instanceof WeakrefHandle)) return;
          this.#holding(ref.deref(), (node) => {
            if (node) this.#setRoot(step[2], node);
          });
        });
        break;
      case "collect":
        this.#collect(step[1]);
        break;
      case "forget":
        this.#forget(step[1]);
        break;
      case "finalize":
        this.#withNode(step[1], (node) => {
          this.#finalize(name, node, step[2]);
        });
        break;
      case "callFinalizer":
        this.#withFinalizer(step[1], (made) => {
          try {
            this.#events.push(`${name} returned ${made.call() ?? "None"}`);
          } catch (error) {
            if (error !== EXPECTED) throw error;
            this.#events.push(`${name} raised`);
          }
        });
        break;
      case "peek":
        this.#withFinalizer(step[1], (made) => {
          this.#events.push(`${name} peeked ${this.#readFinalization(made.peek())} ${show(made.alive)}`);
        });
        break;
      case "detach":
        this.#withFinalizer(step[1], (made) => {
          this.#events.push(`${name} detached ${this.#readFinalization(made.detach())} ${show(made.alive)}`);
        });
        break;
      case "saveAll":
        this.#savesGarbage = true;
        gc.setDebug(step[1] ? gc.DEBUG_SAVEALL : 0);
        break;
      case "emptyGarbage":
        // What dies of it dies in the order in which it was found (D4).
        this.#events.push("collect garbage");
        gc.garbage.clear();
        this.#events.push("collected garbage");
        break;
      case "freeze":
        gc.freeze();
        break;
      case "unfreeze":
        gc.unfreeze();
        break;
      case "watch":
        this.#hooks.set(name, step[1]);
        gc.callbacks.push((phase, { generation, collected, uncollectable }) => {
          this.#heard++;
          this.#events.push(`${name} heard ${phase} ${generation} ${collected} ${uncollectable}`);
          this.#runHook(name, null, `${name}#${this.#heard}`);
        });
        break;
      case "unwatch":
        this.#unwatch(step[1]);
        break;
      case "referrers":
        this.#withRoot(step[1], (value) => {
          const found = this.#namesOf(gc.getReferrers(value)).sort();
          this.#events.push(`${name} has referrers ${found.join(" ")}`);
        });
        break;
      case "referents":
        this.#withRoot(step[1], (value) => {
          this.#events.push(`${name} has referents ${this.#namesOf(gc.getReferents(value)).join(" ")}`);
        });
        break;
      case "forgetAll":
        while (this.#kept.size > 0) {
          while (this.#kept.size > 0) this.#forget(0);
          this.#settle();
        }
        break;
      case "settle":
        this.#settle();
        break;
      case "pin":
        this.#pinned = [];
        break;
      case "all":
        for (const [index, one] of step[1].entries()) this.#operate(`${name}_${index}`, one);
        break;
    }
  }

  /** What finalizers and callbacks do. `node` is the object that dies; a callback has none. */
  #act(name: string, node: StructHandle | null, action: Action): void {
    this.#step();
    switch (action[0]) {
      case "keep":
        if (node) this.#kept.set(name, node.clone());
        break;
      case "keepSlot":
        if (!node) break;
        this.#holding(node.get(this.#fieldOf(node, action[1])) as Handle | null, (value) => {
          if (value) this.#kept.set(name, value.clone());
        });
        break;
      case "clear":
        if (node) for (const field of this.#fieldsOf(node)) node.set(field, null);
        break;
      case "link":
        this.#withNode(action[2], (target) => {
          if (!node) return;
          this.#holding(node.get(this.#fieldOf(node, action[1])) as Handle | null, (value) => {
            if (value) target.set(this.#fieldOf(target, action[3]), value);
          });
        });
        break;
      case "toRoot":
        if (node) this.#setRoot(action[1], node);
        break;
      case "new":
        this.#holding(this.#new(name, 2, action[2]), (born) => {
          if (action[1] === "kept") this.#kept.set(name, born.clone());
          else if (action[1] === "cycle") born.set("a", born);
          else if (action[1] === "slot") node?.set("a", born);
        });
        break;
      case "collect":
        this.#collect(action[1]);
        break;
      case "raise":
        throw EXPECTED;
      case "drop":
        this.#setRoot(action[1], null);
        break;
      case "deref":
        this.#withRoot(action[1], (ref) => {
          if (ref instanceof WeakrefHandle) this.#events.push(`${name} saw ${this.#targetOf(ref.address) ?? "None"}`);
        });
        break;
      case "unwatch":
        this.#unwatch(action[1]);
        break;
      case "weak":
        if (!node) break;
        this.#holding(this.#watch(name, node, action[2]), (ref) => {
          this.#setRoot(action[1], ref);
        });
        break;
    }
  }

  /** `name` is that of this run, for hooks that run more than once. */
  #runHook(owner: string, node: StructHandle | null, name = owner): void {
    if (this.#isOver) return;
    for (const [index, action] of (this.#hooks.get(owner) ?? []).entries()) {
      this.#act(`${name}.${index}`, node, action);
    }
  }

  #new(name: string, slots: number, hook: Hook): StructHandle {
    const node = (
      this.#types.get(`${hook === null ? "plain" : "loud"} ${slots}`) as StructType<Record<string, "ref">>
    ).new();
    this.#names.set(node.address, name);
    this.#hooks.set(name, hook ?? []);
    return node;
  }

  #watch(name: string, node: StructHandle, hook: Hook): WeakrefHandle {
    if (hook === null) {
      const shared = this.heap.weakref.ref(node);
      this.#names.set(shared.address, `shared of ${this.#nameAt(node.address)}`);
      return shared;
    }
    this.#hooks.set(name, hook);
    const ref = this.heap.weakref.ref(node, (dead) => {
      this.#events.push(`callback of ${name}${dead.alive ? " too early" : ""}`);
      this.#runHook(name, null);
    });
    this.#names.set(ref.address, name);
    this.#pinned?.push(ref.clone());
    return ref;
  }

  #unwatch(index: number): void {
    const { callbacks } = this.heap.gc;
    if (callbacks.length > 0) callbacks.splice(index % callbacks.length, 1);
  }

  #finalize(name: string, node: StructHandle, hook: Action[]): void {
    this.#hooks.set(name, hook);
    const made = this.heap.weakref.finalize(
      node,
      (own: string) => {
        this.#events.push(`finalize ${own}`);
        this.#runHook(own, null);
        return own;
      },
      name,
    );
    this.#finalizers.push(made);
    // Its weak reference is the newest with a callback, and is none of the program's.
    const refs = this.heap.weakref.getRefs(node);
    const own = refs.find(({ callback }) => callback !== null) as WeakrefHandle;
    this.#names.delete(own.address);
    for (const ref of refs) ref.release();
  }

  #withFinalizer(index: number, run: (made: Finalizer) => void): void {
    const made = this.#finalizers[index % this.#finalizers.length];
    if (made) run(made);
  }

  #readFinalization(found: Finalization | null): string {
    if (found === null) return "None";
    const target = this.#nameAt(found.object.address);
    found.object.release();
    return `${target} ${String(found.args[0])}`;
  }

  /** Releases the handles. */
  #namesOf(handles: readonly Handle[]): string[] {
    const names = handles.map(({ address }) => address).filter((address) => this.#isNamed(address));
    for (const handle of handles) handle.release();
    return names.map((address) => this.#nameAt(address));
  }

  #collect(generation: Generation): void {
    this.#events.push(`collect ${generation}`);
    const found = this.heap.gc.collect(generation);
    this.#events.push(`collected ${found}`);
  }

  #settle(): void {
    for (let left = 5; left > 0; left--) this.#collect(2);
  }

  #forget(index: number): void {
    const keys = [...this.#kept.keys()].sort();
    if (keys.length === 0) return;
    const key = keys[index % keys.length] as string;
    const node = this.#kept.get(key);
    this.#kept.delete(key);
    node?.release();
  }

  /** The new value is there before the old one dies. */
  #setRoot(root: number, value: Handle | null): void {
    const old = this.#roots[root];
    this.#roots[root] = value?.clone() ?? null;
    old?.release();
  }

  /** Takes over a handle for as long as the function runs. */
  #holding<T extends Handle | null>(handle: T, run: (handle: T) => void): void {
    try {
      run(handle);
    } finally {
      handle?.release();
    }
  }

  #withRoot(root: number, run: (value: Handle) => void): void {
    this.#holding(this.#roots[root]?.clone() ?? null, (value) => {
      if (value) run(value);
    });
  }

  #withNode(root: number, run: (node: StructHandle) => void): void {
    this.#withRoot(root, (value) => {
      if (value instanceof StructHandle) run(value);
    });
  }

  #fieldsOf(node: StructHandle): readonly string[] {
    return FIELDS.slice(0, this.#slots.get(this.#core.typeOf(node.address)));
  }
  #fieldOf(node: StructHandle, slot: number): string {
    const fields = this.#fieldsOf(node);
    return fields[slot % fields.length] as string;
  }

  // ---- What there is.

  #nameAt(address: number): string {
    return this.#names.get(address) ?? "unknown";
  }

  /** Name of what a weak reference refers to, if it lives. */
  #targetOf(weakref: number): string | null {
    const target = this.#core.weakrefTarget(weakref) >>> 0;
    return target === 0 ? null : this.#nameAt(target);
  }

  #slotsAt(address: number): number[] {
    const slots = this.#slots.get(this.#core.typeOf(address)) ?? 0;
    return Array.from({ length: slots }, (_, slot) => this.#core.getRef(address, slot) >>> 0);
  }

  /** All that can be reached, in the order in which it is. */
  #reached(): Set<number> {
    const reached = new Set<number>();
    const visit = (address: number): void => {
      if (address === 0 || reached.has(address)) return;
      reached.add(address);
      this.#slotsAt(address).forEach(visit);
    };
    for (const root of this.#roots) if (root) visit(root.address);
    for (const key of [...this.#kept.keys()].sort()) visit((this.#kept.get(key) as Handle).address);
    for (const object of this.#garbage()) visit(object);
    return reached;
  }

  #readNode(address: number): unknown[] {
    const name = this.#nameAt(address);
    const count = this.#core.refcount(address);
    if (this.#core.typeOf(address) === TYPE_WEAKREF) return [name, count, this.#targetOf(address)];
    const slots = this.#slotsAt(address).map((slot) => (slot === 0 ? null : this.#nameAt(slot)));
    return [name, count, this.#core.isFinalized(address) !== 0, this.#refsOf(address), slots];
  }

  #refsOf(address: number): string[] {
    const refs: string[] = [];
    const after = (ref: number): number => this.#core.weakrefAfter(address, ref) >>> 0;
    for (let ref = after(0); ref !== 0; ref = after(ref)) refs.push(this.#names.get(ref) ?? "finalize");
    return refs;
  }

  #garbage(): number[] {
    const { gc } = this.heap;
    if (!this.#savesGarbage) return [];
    const objects = gc.getReferents(gc.garbage);
    const addresses = objects.map(({ address }) => address);
    for (const object of objects) object.release();
    return addresses;
  }

  #isNamed(address: number): boolean {
    const type = this.#core.typeOf(address);
    return this.#slots.has(type) || (type === TYPE_WEAKREF && this.#names.has(address));
  }

  #alive(): string[] {
    const names: string[] = [];
    for (let at = this.#core.nextObject(0) >>> 0; at !== 0; at = this.#core.nextObject(at) >>> 0) {
      if (this.#isNamed(at) && !this.#nameAt(at).startsWith("shared")) names.push(this.#nameAt(at));
    }
    return names.sort();
  }

  #generation(generation: number): string[] {
    const names: string[] = [];
    const after = (at: number): number => this.#core.trackedAfter(generation, at) >>> 0;
    for (let at = after(0); at !== 0; at = after(at)) if (this.#isNamed(at)) names.push(this.#nameAt(at));
    return names.sort();
  }

  #observe(): Observation {
    return {
      roots: this.#roots.map((root) => (root ? this.#nameAt(root.address) : null)),
      kept: Object.fromEntries([...this.#kept].map(([key, node]) => [key, this.#nameAt(node.address)])),
      nodes: Array.from(this.#reached(), (address) => this.#readNode(address)).sort(byName),
      alive: this.#alive(),
      generations: [0, 1, 2].map((generation) => this.#generation(generation)),
      counts: this.heap.gc.getCount().slice(1),
      frozen: this.heap.gc.getFreezeCount(),
      garbage: this.#garbage()
        .map((address) => this.#nameAt(address))
        .sort(),
    };
  }
}
