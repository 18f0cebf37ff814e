import { COLLECTION_ENDS, IMMORTAL_REFCOUNT, INFO_OFFSET, ROOM_FOR_HOOKS, TYPE_MASK } from "../../assembly/layout.js";
import { outside } from "../base/entered.js";
import { CorruptHeapError, HeapDisposedError, UnknownTypeError } from "../base/errors.js";
import { dropFrames } from "../base/frames.js";
import { netFor } from "./forgotten.js";
import { LeakLog } from "./leak-log.js";
import type { LeakHook, LiveHandle } from "./leak-log.js";
import type { LeakNet } from "./leak-net.js";
import type { Orphans } from "./orphans.js";
import type { CallbackLabel } from "../object/callbacks.js";
import type { Reader, TypeInfo } from "../object/reader.js";
import type { OutOfMemoryError } from "../base/errors.js";
import { outOfMemory } from "./out-of-memory.js";
import { Pressure } from "./pressure.js";
import { isA, nameOf } from "../base/untrusted.js";
import { NO_TRACES } from "./traces.js";
import type { Traces } from "./traces.js";
import { TypeTable } from "./type-table.js";
import { mustBeOver, reportIgnored } from "./unraisable.js";
import type { UnraisableContext, UnraisableHook } from "./unraisable.js";
import type { Address, CoreImports } from "../wasm/exports.js";
import { deadExports, guardExports, isSound, suspiciousExports } from "../wasm/guard.js";
import type { CoreExports } from "../wasm/readings.js";
import { HeapMemory } from "../wasm/memory.js";

/** What a scope ends: a handle, or what owns one. */
export interface Scoped {
  readonly released: boolean;
  release(): void;
}

/** A function for the core to call, with a handle of the object that it is about. */
export type Callback = (handle: never) => void;

/** Heaps that the program has made. */
let made = 0;

/**
 * One heap's core, memory and books, shared by its handles and modules. It makes no handles. Not public.
 *
 * `core` is swapped for functions that throw once the heap is disposed of or corrupt, so that nothing
 * needs to ask.
 */
export class Store implements Reader {
  /** Which heap of the program it is: the first is 1. */
  readonly number = ++made;
  core!: CoreExports;
  memory!: HeapMemory;
  net!: LeakNet;
  readonly leaks = new LeakLog();
  readonly types = new TypeTable();
  readonly callbacks = new Map<number, Callback>();
  /** What is known of callbacks, also of those that a restored heap has lost. */
  readonly callbackLabels = new Map<number, CallbackLabel>();
  /** Addresses by name: `heap.roots`. Each owns a reference. */
  readonly roots = new Map<string, Address>();
  /** Structs that came with an image, and that the program has not defined yet. */
  readonly unclaimed = new Set<number>();
  /** References of a program before, that nobody has taken over yet. */
  orphans: Orphans | undefined;
  /** Where objects were made, as far as somebody has traced it. */
  traces: Traces = NO_TRACES;
  /** Copies a container of JavaScript's into the heap: `Heap.from`. Gives an object with one reference for the caller. */
  copyIn: (value: object) => Address = () => 0;
  /** Runs the finalizer of an object. */
  onFinalize: (object: Address, type: number) => void = () => undefined;
  /** Runs the callback of a weak reference. */
  onCallback: (weakref: Address, id: number) => void = () => undefined;
  /** Receives the events of collections. */
  onCollection: CoreImports["collection"] = () => undefined;
  /** What was made in the innermost scope, if one is open. */
  scope: Scoped[] | undefined;
  /** Of each weak map that is being looped over: by how many loops, and how often it has been changed since the first began. */
  readonly loops = new Map<Address, { loops: number; changes: number }>();
  /** Lists that are being sorted. */
  readonly locked = new Set<Address>();
  /** Hooks under way. */
  depth = 0;
  isDisposed = false;
  isCorrupt = false;
  readonly #pressure = new Pressure();
  readonly #onUnraisable: UnraisableHook;
  readonly #onLeak: LeakHook | undefined;
  readonly #traceHandles: boolean | undefined;
  nextCallback = 1;

  constructor(onUnraisable: UnraisableHook, onLeak?: LeakHook, traceHandles?: boolean) {
    this.#onUnraisable = onUnraisable;
    this.#onLeak = onLeak;
    this.#traceHandles = traceHandles;
  }

  /** What the core calls. */
  readonly hooks: CoreImports = {
    finalize: this.#hook("finalizer", (object, type) => {
      this.onFinalize(object >>> 0, type);
    }),
    callback: this.#hook("callback", (weakref, id) => {
      this.onCallback(weakref >>> 0, id);
    }),
    collection: this.#hook("gc callback", (phase, generation, collected) => {
      if (phase === COLLECTION_ENDS && generation === 2) this.net.close();
      this.onCollection(phase, generation, collected >>> 0);
    }),
    forget: (id) => {
      this.forgetCallback(id);
    },
  };

  /** A function that the core may call: nothing that is thrown in it gets back into the core. */
  #hook(
    where: UnraisableContext["where"],
    run: (a: number, b: number, c: number) => void,
  ): (a: number, b?: number, c?: number) => void {
    return (a, b = 0, c = 0) => {
      try {
        run(a, b, c);
      } catch (error) {
        this.#report(error, { where });
      }
    };
  }

  /** Connects the store to a started core. */
  attach(exports: CoreExports): void {
    this.net = netFor(this, this.#traceHandles ?? exports.isChecked() !== 0, this.#onLeak);
    this.memory = new HeapMemory(exports.memory);
    this.core = guardExports(exports, {
      onBroken: (message, cause) => this.#break(message, cause),
      onSuspicion: () => {
        this.#suspect(exports);
      },
      onTooLong: (what) => this.outOfMemory(what),
    });
  }

  /** What is known of a handle that is not released. */
  describeHandle(address: Address, site: string | undefined): LiveHandle {
    return { type: this.typeAt(address).name, address, ...(site === undefined ? {} : { site }) };
  }

  /** Lets the next call of the core prove the heap sound before it does what it is for. */
  #suspect(exports: CoreExports): void {
    const trusted = this.core;
    let isProven = false;
    this.core = suspiciousExports(trusted, () => {
      // Once: whoever got these functions in time may be in the middle of something by the second call.
      if (isProven) return;
      // Throws, and leaves the suspicion, if it has no room either.
      const isWhole = isSound(exports, this.depth > 0);
      isProven = true;
      this.core = trusted;
      if (!isWhole) throw this.#break("a stack overflow has cut its core short");
    });
  }

  /** Ends a heap that is no more one. */
  #break(message: string, cause?: unknown): CorruptHeapError {
    const error = (): CorruptHeapError =>
      new CorruptHeapError(`the heap can no longer be used: ${message}`, cause === undefined ? undefined : { cause });
    this.isCorrupt = true;
    dropFrames(cause);
    this.#end(error);
    return error();
  }

  /** Ends all use. */
  detach(): void {
    this.isDisposed = true;
    this.#end(() => new HeapDisposedError("this heap has been disposed of"));
  }

  #end(error: () => Error): void {
    this.core = deadExports(this.core, error);
    this.memory.kill(error);
    this.traces.end();
    this.traces = NO_TRACES;
  }

  /** Whether the heap is of no more use, so that nothing in it needs to be given back. */
  get isDead(): boolean {
    return this.isDisposed || this.isCorrupt;
  }

  /**
   * The one rule for what is asked of a heap that is gone: it throws. What would not ask the core anyway asks this first.
   *
   * @throws {@link HeapDisposedError}, {@link CorruptHeapError}
   */
  mustLive(): void {
    if (this.isDead) this.core.isEnabled();
  }

  /** Whether the object is immortal: its refcount is ignored. */
  isImmortal(address: Address): boolean {
    return this.core.refcount(address) >>> 0 >= IMMORTAL_REFCOUNT;
  }

  /** Runs something that makes handles which do not end with the scope around it. */
  outsideScopes<T>(run: () => T): T {
    const { scope } = this;
    this.scope = undefined;
    try {
      return run();
    } finally {
      this.scope = scope;
    }
  }

  /** Calls user code from inside the core, or as if. Errors go to `onUnraisable`, scopes stay outside. */
  callOut<A extends unknown[]>(context: UnraisableContext, run: (...args: A) => unknown, ...args: A): void {
    const { depth } = this;
    this.depth = depth + 1;
    try {
      this.outsideScopes(() => {
        this.mustBeOver(outside(run, undefined, ...args), context);
      });
    } catch (error) {
      this.#report(error, context);
    } finally {
      this.depth = depth;
    }
  }

  /**
   * Lets through what a function returned that had to be done by then. What a promise is rejected with goes to `onUnraisable`.
   *
   * @throws {@link BadValueError} for a promise.
   */
  mustBeOver<T>(result: T, context: UnraisableContext): T {
    return mustBeOver(result, context.where, (error) => {
      this.#report(error, context);
    });
  }

  /** Never throws, unless the core under this call has failed: then there is nothing to go on with. */
  #report(error: unknown, context: UnraisableContext): void {
    if (isA(error, CorruptHeapError) && this.isCorrupt) throw error;
    dropFrames(error);
    try {
      outside(this.#onUnraisable, undefined, error, context);
    } catch (second) {
      reportIgnored(second, { where: "onUnraisable" });
    }
  }

  /** Id of a function for the core. `label` is what an image says of it. */
  registerCallback(callback: Callback, label: CallbackLabel = { kind: "callback", name: nameOf(callback) }): number {
    const id = this.nextCallback++;
    this.callbacks.set(id, callback);
    this.callbackLabels.set(id, label);
    return id;
  }
  forgetCallback(id: number): void {
    this.callbacks.delete(id);
    this.callbackLabels.delete(id);
  }

  /** Id of the type of the object at an address. */
  typeIdAt(address: Address): number {
    return this.memory.word(address + INFO_OFFSET) & TYPE_MASK;
  }
  typeAt(address: Address): TypeInfo {
    const id = this.typeIdAt(address);
    const info = this.types.get(id);
    if (info === undefined) throw new UnknownTypeError(`no type has the id ${id}`);
    return info;
  }

  /**
   * Counts an outside reference. That needs memory from the 255th on. If there is none, it does not collect: the caller
   * may have addresses of objects that a finalizer could release.
   *
   * @throws {@link OutOfMemoryError}
   */
  incref(address: Address): void {
    if (this.core.incref(address) === 0) throw this.outOfMemory("counting a reference");
  }

  /**
   * Asks for the room on the stack that the end of an operation needs, before it begins. So even if the stack overflows
   * in its middle, its end can give back what it took.
   *
   * @throws RangeError, as the engine does on a stack overflow. Nothing has changed.
   */
  askForRoom(): void {
    this.core.needRoom(ROOM_FOR_HOOKS);
  }

  /**
   * Keeps an object alive while `run` runs, in which a hook may release it.
   *
   * @throws {@link OutOfMemoryError}
   */
  holding<T>(address: Address, run: () => T): T {
    this.askForRoom();
    this.incref(address);
    try {
      return run();
    } finally {
      this.core.decref(address);
    }
  }

  /**
   * Runs something that returns 0 when memory is out; then once more after a full collection.
   *
   * @throws {@link OutOfMemoryError} if that did not help either.
   */
  require(attempt: () => number, what: string): Address {
    let result = attempt();
    if (result === 0) {
      this.core.collect(2);
      result = attempt();
    }
    if (result === 0) throw this.outOfMemory(what);
    return result >>> 0;
  }

  /** What to throw when there is no memory for something. */
  outOfMemory(what: string, cause?: unknown): OutOfMemoryError {
    return outOfMemory(what, { ...this.#fill(), handles: this.net.count }, cause);
  }

  #fill(): { used: number; limit: number } {
    const { core } = this;
    return { used: core.reservedBytes() - core.freePageBytes(), limit: core.limitBytes() };
  }

  /** Sees whether the heap has grown so far that JavaScript's collector should look for forgotten handles. */
  lookAtFill(): void {
    this.#pressure.look(this.#fill());
  }

  /** Tells of a large payload, to which there is a handle. */
  countLarge(bytes: number): void {
    if (!this.#pressure.count(bytes)) return;
    this.net.close();
    this.lookAtFill();
  }
}
