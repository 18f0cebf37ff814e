// Programs that move references about under an incremental collection, to hide the only reference to an object
// from it: from where it has not looked yet to where it has, in every way there is. A plain model in JavaScript
// knows who holds what; whoever it can reach must be there, and be who it was.

import { Heap } from "../../src/index.js";
import type { DictHandle, Handle, ListHandle, StructObject, StructType, WeakKeyMapHandle } from "../../src/index.js";
import { PHASE_GATHERING } from "../../assembly/layout.js";
import { seededRandom } from "../support/random.js";

type Fields = { id: "i32"; a: "value"; b: "value" };
type Node = StructObject<Fields>;

/** What the model knows of an object. Entries of a weak map are held by key and map together. */
interface Modelled {
  id: number;
  kind: "node" | "list" | "dict" | "weakmap";
  items: Map<string, Modelled>;
  order: Modelled[];
  entries: Map<Modelled, Modelled>;
}

interface Holder {
  model: Modelled;
  handle: Handle;
}

const HOLDERS = 24;
const SLOTS = ["a", "b"];
/** So that lists are scanned in parts. */
const LONG = 1400;

export interface MovingOptions {
  seed: number;
  steps: number;
  module?: WebAssembly.Module;
}

export class MovingReferences {
  readonly #random: (bound: number) => number;
  readonly #heap: Heap;
  readonly #Node: StructType<Fields>;
  /** Holders, each with the handle that keeps it. All else is held by them alone. */
  readonly #holders: Holder[] = [];
  readonly #kept: [Modelled, Handle][] = [];
  readonly phases = new Set<number>();
  #nextId = 1;
  moves = 0;

  constructor(readonly options: MovingOptions) {
    this.#random = seededRandom(options.seed);
    this.#heap = Heap.createSync({
      thresholds: [options.seed % 3 ? 100_000 : 50, 3, 2],
      pauses: "bounded",
      traceHandles: false,
      ...(options.module ? { module: options.module } : {}),
    });
    this.#Node = this.#heap.struct("Node", { id: "i32", a: "value", b: "value" });
  }

  run(): void {
    const { seed, steps } = this.options;
    let step = 0;
    try {
      for (let i = 0; i < HOLDERS; i++) this.#addHolder();
      this.#heap.gc.collect(1);
      for (step = 1; step <= steps; step++) {
        this.#act();
        this.#pause();
        if (step % 8 === 0 || this.#phase() > PHASE_GATHERING) this.#heap.verify();
        if (step % 64 === 0) this.#compare();
      }
      this.#end();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** A piece of the cycle; between any two things that are done. */
  #pause(): void {
    this.phases.add(this.#phase());
    // What survives makes the next cycle worth while.
    if (this.#random(40) === 0) this.#heap.gc.collect(1);
    const choice = this.#random(4);
    if (choice) this.#heap.gc.step([1, 3, 40][choice - 1] as number);
  }

  #phase(): number {
    return this.#heap.none.store.core.phase();
  }

  #model(kind: Modelled["kind"]): Modelled {
    return { id: this.#nextId++, kind, items: new Map(), order: [], entries: new Map() };
  }

  #addHolder(): void {
    const kind = (["node", "node", "list", "dict", "weakmap"] as const)[this.#random(5)] as Modelled["kind"];
    const model = this.#model(kind);
    const handle =
      kind === "node"
        ? this.#Node.new({ id: model.id })
        : kind === "list"
          ? this.#heap.list()
          : kind === "dict"
            ? this.#heap.dict()
            : this.#heap.weakref.keyMap();
    this.#holders.push({ model, handle });
    if (kind === "list" && this.#random(2)) {
      const list = handle as ListHandle;
      for (let i = 0; i < LONG; i++) this.#holding((made, item) => (list.append(item), model.order.push(made)));
    }
  }

  /** A new node, whose only reference is what `run` makes of it. */
  #holding(run: (model: Modelled, node: Node) => void): void {
    const model = this.#model("node");
    const inner = this.#model("node");
    const innerNode = this.#Node.new({ id: inner.id });
    const node = this.#Node.new({ id: model.id, a: innerNode });
    innerNode.release();
    model.items.set("a", inner);
    run(model, node);
    node.release();
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T;
  }

  #act(): void {
    const [from, to] = [this.#pick(this.#holders), this.#pick(this.#holders)];
    switch (this.#random(14)) {
      case 0:
        this.#holding((model, node) => this.#put(to, model, node));
        break;
      case 1:
        this.#rearrange(from);
        break;
      case 2:
        this.#reach(from, to);
        break;
      case 3:
        this.#hideBehindWeakref(from, to);
        break;
      case 5:
      case 6:
      case 7:
        this.#moveUnseen(from, to);
        break;
      case 8:
        this.#keep(from);
        break;
      case 4:
        // A holder that was held goes; what it held goes with it, or lives on elsewhere.
        if (this.#random(4) === 0) this.#replace(from);
        break;
      default:
        this.#move(from, to);
    }
  }

  /** Takes something out of one holder and puts it into another. In between only its handle holds it. */
  #move(from: Holder, to: Holder): void {
    const taken = this.#take(from);
    if (!taken) return;
    const [model, handle] = taken;
    this.moves++;
    if (this.#random(2)) this.#pause();
    this.#put(to, model, handle);
    if (this.#random(2)) this.#pause();
    handle.release();
  }

  /** The same on addresses: no handle, so no outside reference, ever holds it. */
  #moveUnseen(from: Holder, to: Holder): void {
    if (from.model.kind !== "node" || to.model.kind !== "node") return;
    const { core } = this.#heap;
    const [source, target] = [this.#random(2), this.#random(2)];
    const item = from.model.items.get(SLOTS[source] as string);
    if (!item || (from === to && source === target)) return;
    const address = core.getRef(from.handle.address, source);
    to.model.items.set(SLOTS[target] as string, item);
    core.setRef(to.handle.address, target, address);
    this.#pause();
    this.moves++;
    // The source loses it: it writes something else, or dies.
    if (this.#random(3)) {
      from.model.items.delete(SLOTS[source] as string);
      core.setRef(from.handle.address, source, 0);
    } else if (from !== to) this.#replace(from);
    this.#pause();
  }

  /** Takes something, and lets nobody but a handle hold it for a while. */
  #keep(from: Holder): void {
    const taken = this.#take(from);
    if (taken) this.#kept.push(taken);
    if (this.#kept.length < 6) return;
    const [model, handle] = this.#kept.splice(this.#random(6), 1)[0] as [Modelled, Handle];
    this.#put(this.#pick(this.#holders), model, handle);
    handle.release();
  }

  /** One down: what a held node holds moves into another holder. */
  #reach(from: Holder, to: Holder): void {
    const taken = this.#take(from);
    if (!taken) return;
    const [model, handle] = taken;
    const inner = this.#take({ model, handle });
    // The outer one dies of it; by then the inner one has a new holder, or only a handle.
    if (inner && this.#random(2)) this.#put(to, ...inner);
    handle.release();
    this.#pause();
    if (!inner) return;
    this.#put(this.#pick(this.#holders), ...inner);
    inner[1].release();
  }

  /** Makes a ring of what was taken, lets go of it, and gets it back through a weak reference, if it is still there. */
  #hideBehindWeakref(from: Holder, to: Holder): void {
    const taken = this.#take(from);
    if (!taken) return;
    const [model, handle] = taken;
    const weakref = this.#heap.weakref.ref(handle);
    this.#put({ model, handle }, model, handle);
    handle.release();
    this.#pause();
    this.#pause();
    const again = weakref.deref();
    if (again) {
      this.#expectSame(model, again as Node);
      this.#put(to, model, again);
      again.release();
    }
    weakref.release();
  }

  #replace(holder: Holder): void {
    holder.handle.release();
    this.#holders.splice(this.#holders.indexOf(holder), 1);
    this.#addHolder();
  }

  #put({ model, handle }: Holder, item: Modelled, itemHandle: Handle): void {
    if (model.kind === "node") {
      const slot = this.#pick(["a", "b"] as const);
      model.items.set(slot, item);
      (handle as Node).set(slot, itemHandle);
    } else if (model.kind === "list") {
      const list = handle as ListHandle;
      const index = this.#random(3) ? this.#random(model.order.length + 1) : 0;
      model.order.splice(index, 0, item);
      list.insert(index, itemHandle);
    } else if (model.kind === "dict") {
      const key = `k${this.#random(40)}`;
      model.items.set(key, item);
      (handle as DictHandle).set(key, itemHandle);
    } else {
      const key = this.#pick(this.#holders);
      if (key.model.kind !== "node") return;
      model.entries.set(key.model, item);
      (handle as WeakKeyMapHandle).set(key.handle, itemHandle);
    }
  }

  #take({ model, handle }: Holder): [Modelled, Handle] | undefined {
    if (model.kind === "node") {
      const slot = this.#pick(["a", "b"] as const);
      const item = model.items.get(slot);
      if (!item) return undefined;
      const found = (handle as Node).get(slot) as Handle;
      this.#pause();
      model.items.delete(slot);
      (handle as Node).set(slot, null);
      return this.#found(item, found);
    }
    if (model.kind === "list") {
      if (!model.order.length) return undefined;
      const index = this.#random(3) ? this.#random(model.order.length) : 0;
      const [item] = model.order.splice(index, 1) as [Modelled];
      return this.#found(item, (handle as ListHandle).pop(index) as Handle);
    }
    if (model.kind === "dict") {
      if (!model.items.size) return undefined;
      const key = this.#pick([...model.items.keys()]);
      const item = model.items.get(key) as Modelled;
      model.items.delete(key);
      return this.#found(item, (handle as DictHandle).pop(key) as Handle);
    }
    const keys = this.#holders.filter(({ model: key }) => model.entries.has(key));
    if (!keys.length) return undefined;
    const key = this.#pick(keys);
    const item = model.entries.get(key.model) as Modelled;
    const found = (handle as WeakKeyMapHandle).get(key.handle) as Handle;
    model.entries.delete(key.model);
    (handle as WeakKeyMapHandle).delete(key.handle);
    return this.#found(item, found);
  }

  #found(model: Modelled, handle: Handle): [Modelled, Handle] {
    this.#expectSame(model, handle as Node);
    return [model, handle];
  }

  #expectSame(model: Modelled, node: Node): void {
    if (node.id !== model.id) throw new Error(`node ${model.id} has become ${node.id}`);
  }

  /** Bulk moves within one holder. */
  #rearrange({ model, handle }: Holder): void {
    if (model.kind !== "list") return;
    const list = handle as ListHandle;
    if (this.#random(2)) {
      model.order.reverse();
      list.reverse();
    } else if (this.#random(2)) {
      model.order.sort((a, b) => a.id - b.id);
      list.sort((a, b) => (a as Node).id - (b as Node).id);
    } else if (model.order.length > 4) {
      const start = this.#random(model.order.length - 2);
      model.order.splice(start, 2);
      list.removeRange(start, start + 2);
    }
  }

  /** Follows everything from the holders, on both sides. */
  #compare(): void {
    const met = new Set<Modelled>();
    const follow = (model: Modelled, handle: Handle): void => {
      if (met.has(model)) return;
      met.add(model);
      if (model.kind === "node") {
        this.#expectSame(model, handle as Node);
        for (const [slot, item] of model.items) this.#enter(item, (handle as Node).get(slot as "a"), follow);
      } else if (model.kind === "list") {
        const list = handle as ListHandle;
        if (list.length !== model.order.length) throw new Error("a list has another length");
        model.order.forEach((item, index) => this.#enter(item, list.get(index), follow));
      } else if (model.kind === "dict") {
        for (const [key, item] of model.items) this.#enter(item, (handle as DictHandle).get(key), follow);
      } else {
        for (const { model: key, handle: keyHandle } of this.#holders) {
          const item = model.entries.get(key);
          if (item) this.#enter(item, (handle as WeakKeyMapHandle).get(keyHandle), follow);
        }
      }
    };
    for (const { model, handle } of this.#holders) follow(model, handle);
    for (const [model, handle] of this.#kept) follow(model, handle);
  }

  #enter(model: Modelled, found: unknown, follow: (model: Modelled, handle: Handle) => void): void {
    if (typeof found !== "object" || found === null) throw new Error(`node ${model.id} is gone`);
    follow(model, found as Handle);
    (found as Handle).release();
  }

  /** Everything goes: nothing was forgotten, either. */
  #end(): void {
    this.#compare();
    this.#heap.gc.collect();
    this.#heap.verify();
    this.#compare();
    for (const { handle } of this.#holders.splice(0)) handle.release();
    for (const [, handle] of this.#kept.splice(0)) handle.release();
    this.#heap.gc.collect();
    this.#heap.verify();
    const left = this.#heap.gc.getObjects();
    for (const handle of left) handle.release();
    if (left.length) throw new Error(`${left.length} objects are left at the end`);
    this.#heap.dispose();
  }
}
