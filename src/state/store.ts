import { COLLECTION_ENDS, IMMORTAL_REFCOUNT, INFO_OFFSET, ROOM_FOR_HOOKS, TYPE_MASK } from "../../assembly/layout.js";
import { outside } from "../base/entered.js";
import { CorruptHeapError, HeapDisposedError, UnknownTypeError } from "../base/errors.js";
import { dropFrames } from "../base/frames.js";
import { netFor } from "./forgotten.js";
import { Callbacks } from "./callbacks.js";
import { LeakLog } from "./leak-log.js";
import type { LeakHook, LiveHandle } from "./leak-log.js";
import type { LeakNet } from "./leak-net.js";
import type { Orphans } from "./orphans.js";
import type { Reader, TypeInfo } from "../object/reader.js";
import type { OutOfMemoryError } from "../base/errors.js";
import { outOfMemory } from "./out-of-memory.js";
import { Pressure } from "./pressure.js";
import { isA } from "../base/untrusted.js";
import { NO_TRACES } from "./traces.js";
import type { Traces } from "./traces.js";
import { TypeTable } from "./type-table.js";
import { mustBeOver, reportIgnored } from "./unraisable.js";
import type { UnraisableContext, UnraisableHook } from "./unraisable.js";
import type { Address, CoreImports } from "../wasm/exports.js";
import { deadExports, guardExports, isSound, suspiciousExports } from "../wasm/guard.js";
import type { CoreExports } from "../wasm/readings.js";
import { HeapMemory } from "../wasm/memory.js";

/** A member of a scope: a handle, or an owner of a handle. */
export interface Scoped {
  readonly released: boolean;
  release(): void;
}

/** Number of heaps created by the program. */
let made = 0;

/**
 * The core, memory and tables of one heap, shared by its handles and modules. It creates no handles. Not public.
 *
 * When the heap is disposed of or corrupt, functions that throw replace `core`. So callers need not check.
 */
export class Store implements Reader {
  /** Number of this heap in the program. The first is 1. */
  readonly number = ++made;
  core!: CoreExports;
  memory!: HeapMemory;
  net!: LeakNet;
  readonly leaks = new LeakLog();
  readonly types = new TypeTable();
  readonly callbacks = new Callbacks();
  /** Addresses by name: `heap.roots`. Each owns a reference. */
  readonly roots = new Map<string, Address>();
  /** Structs of an image that the program has not defined yet. */
  readonly unclaimed = new Set<number>();
  /** References of the saved program that have no owner yet. */
  orphans: Orphans | undefined;
  /** The allocation sites of traced objects. */
  traces: Traces = NO_TRACES;
  /** Copies a JavaScript container into the heap: `Heap.from`. The caller owns one reference to the result. */
  copyIn: (value: object) => Address = () => 0;
  /** Runs the finalizer of an object. */
  onFinalize: (object: Address, type: number) => void = () => undefined;
  /** Runs the callback of a weak reference. */
  onCallback: (weakref: Address, id: number) => void = () => undefined;
  /** Receives the events of collections. */
  onCollection: CoreImports["collection"] = () => undefined;
  /** Members of the innermost open scope. */
  scope: Scoped[] | undefined;
  /** For each weak map under iteration: the number of loops, and the number of changes since the first loop started. */
  readonly loops = new Map<Address, { loops: number; changes: number }>();
  /** Lists that are being sorted. */
  readonly locked = new Set<Address>();
  /** How often all objects have moved. An address is valid in one epoch. */
  epoch = 0;
  /** Called when all objects have moved: `to` gives the new address of an object, and 0 for what was none. */
  readonly onMove: ((to: (address: Address) => Address) => void)[] = [];
  /** Number of running hooks. */
  depth = 0;
  isDisposed = false;
  isCorrupt = false;
  readonly #pressure = new Pressure();
  readonly #onUnraisable: UnraisableHook;
  readonly #onLeak: LeakHook | undefined;
  readonly #traceHandles: boolean | undefined;

  constructor(onUnraisable: UnraisableHook, onLeak?: LeakHook, traceHandles?: boolean) {
    this.#onUnraisable = onUnraisable;
    this.#onLeak = onLeak;
    this.#traceHandles = traceHandles;
  }

  /** The functions the core imports. */
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
      this.callbacks.forget(id);
    },
  };

  /** Wraps a function for the core: its errors never propagate into the core. */
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
    this.core = this.#guard(exports);
  }

  /**
   * Goes on with another core, whose heap has the same objects: at other addresses, which `to` gives, or at the same ones.
   */
  moveTo(exports: CoreExports, to?: (address: Address) => Address): void {
    // Both may need memory. From then on nothing fails.
    const moveTraces = to && this.traces.moving(to);
    this.memory.moveTo(exports.memory);
    this.core = this.traces.over(this.#guard(exports));
    if (to === undefined) return;
    moveTraces?.();
    for (const [name, address] of this.roots) this.roots.set(name, to(address));
    this.net.move(to);
    this.orphans?.move(to);
    const loops = [...this.loops];
    this.loops.clear();
    for (const [map, loop] of loops) this.loops.set(to(map), loop);
    for (const move of this.onMove) move(to);
    this.epoch++;
  }

  #guard(exports: CoreExports): CoreExports {
    return guardExports(exports, {
      onBroken: (message, cause) => this.#break(message, cause),
      onSuspicion: () => {
        this.#suspect(exports);
      },
      onTooLong: (what) => this.outOfMemory(what),
    });
  }

  /** Describes a handle that is not released. */
  describeHandle(address: Address, site: string | undefined): LiveHandle {
    return { type: this.typeAt(address).name, address, ...(site === undefined ? {} : { site }) };
  }

  /** Makes the next call of the core verify the heap first. */
  #suspect(exports: CoreExports): void {
    const trusted = this.core;
    let isProven = false;
    this.core = suspiciousExports(trusted, () => {
      // Only once: a caller that fetched these functions earlier may be in the middle of an operation by the second call.
      if (isProven) return;
      // Throws if there is no room for the check either. The suspicion then remains.
      const isWhole = isSound(exports, this.depth > 0);
      isProven = true;
      this.core = trusted;
      if (!isWhole) throw this.#break("a stack overflow has cut its core short");
    });
  }

  /** Disables a corrupt heap. */
  #break(message: string, cause?: unknown): CorruptHeapError {
    const error = (): CorruptHeapError =>
      new CorruptHeapError(`the heap can no longer be used: ${message}`, cause === undefined ? undefined : { cause });
    this.isCorrupt = true;
    dropFrames(cause);
    this.#end(error);
    return error();
  }

  /** Disables the heap: each later call throws. */
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

  /** Whether the heap is disposed of or corrupt. References need not be released then. */
  get isDead(): boolean {
    return this.isDisposed || this.isCorrupt;
  }

  /**
   * Throws if the heap is disposed of or corrupt. Operations that do not call the core call this first.
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

  /** Runs `run` outside of scopes: no scope releases the handles it creates. */
  outsideScopes<T>(run: () => T): T {
    const { scope } = this;
    this.scope = undefined;
    try {
      return run();
    } finally {
      this.scope = scope;
    }
  }

  /** Calls user code that has no caller to catch its errors. `onUnraisable` receives them. Open scopes do not apply. */
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
   * Returns the result of a synchronous function, and rejects promises. `onUnraisable` receives a promise's rejection.
   *
   * @throws {@link BadValueError} for a promise.
   */
  mustBeOver<T>(result: T, context: UnraisableContext): T {
    return mustBeOver(result, context.where, (error) => {
      this.#report(error, context);
    });
  }

  /** Never throws, unless the core below this call has failed. */
  #report(error: unknown, context: UnraisableContext): void {
    if (isA(error, CorruptHeapError) && this.isCorrupt) throw error;
    dropFrames(error);
    try {
      outside(this.#onUnraisable, undefined, error, context);
    } catch (second) {
      reportIgnored(second, { where: "onUnraisable" });
    }
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
   * Adds an outside reference. From the 255th on, this needs memory. It never triggers a collection, because a finalizer
   * could free objects whose addresses the caller still holds.
   *
   * @throws {@link OutOfMemoryError}
   */
  incref(address: Address): void {
    if (this.core.incref(address) === 0) throw this.outOfMemory("counting a reference");
  }

  /**
   * Checks that the stack has room for the cleanup of an operation, before the operation starts. If the stack overflows
   * during the operation, the cleanup can still release everything.
   *
   * @throws RangeError, as the engine does on a stack overflow. Nothing has changed.
   */
  askForRoom(): void {
    this.core.needRoom(ROOM_FOR_HOOKS);
  }

  /**
   * Keeps an object alive during `run`, even if a hook releases it.
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
   * Runs `attempt`, which returns 0 if memory is exhausted. After a 0 it collects everything and runs `attempt` once more.
   *
   * @throws {@link OutOfMemoryError} if the second attempt returns 0 too.
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

  /** Creates the error for exhausted memory. */
  outOfMemory(what: string, cause?: unknown): OutOfMemoryError {
    return outOfMemory(what, { ...this.#fill(), handles: this.net.count }, cause);
  }

  #fill(): { used: number; limit: number } {
    const { core } = this;
    return { used: core.reservedBytes() - core.freePageBytes(), limit: core.limitBytes() };
  }

  /** Prompts JavaScript's collector to find forgotten handles if the heap has grown enough. */
  lookAtFill(): void {
    this.#pressure.look(this.#fill());
  }

  /** Counts a large payload that a handle keeps alive. */
  countLarge(bytes: number): void {
    if (!this.#pressure.count(bytes)) return;
    this.net.close();
    this.lookAtFill();
  }
}
