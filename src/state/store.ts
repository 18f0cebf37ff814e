import { IMMORTAL_REFCOUNT, INFO_OFFSET, MAX_TYPES, ROOM_FOR_HOOKS, TYPE_MASK } from "../../assembly/layout.js";
import { CorruptHeapError, HeapDisposedError, OutOfMemoryError, UnknownTypeError } from "../base/errors.js";
import { LeakLog, LeakNet } from "./leak-net.js";
import { Orphans } from "./orphans.js";
import type { CallbackLabel } from "../object/callbacks.js";
import type { Reader, TypeInfo } from "../object/reader.js";
import { isA, nameOf } from "../base/untrusted.js";
import type { Traces } from "./traces.js";
import type { Address, CoreImports } from "../wasm/exports.js";
import { deadExports, guardExports, isSound, suspiciousExports } from "../wasm/guard.js";
import type { CoreExports } from "../wasm/readings.js";
import { HeapMemory } from "../wasm/memory.js";

/** Where an error came from that nothing could catch. */
export interface UnraisableContext {
  /** What threw: a finalizer, the callback of a weak reference, one of `heap.gc.callbacks`, or what `weakref.finalize` ran at `dispose`. */
  where: "finalizer" | "callback" | "gc callback" | "exit";
  /** Type of the object, if it was called for one. */
  type?: string;
}

export type UnraisableHook = (error: unknown, context: UnraisableContext) => void;

/** What a scope ends: a handle, or what owns one. */
export interface Scoped {
  readonly released: boolean;
  release(): void;
}

/** A function for the core to call, with a handle of the object that it is about. */
export type Callback = (handle: never) => void;

/** The types of a heap, by id and by name. */
class TypeTable {
  readonly #byId = new Map<number, TypeInfo>();
  readonly #byName = new Map<string, TypeInfo>();

  /** Adds a type, or puts it in the place of the one with its id. */
  set(info: TypeInfo): void {
    this.#byId.set(info.id, info);
    this.#byName.set(info.name, info);
  }
  get(id: number): TypeInfo | undefined {
    return this.#byId.get(id);
  }
  named(name: string): TypeInfo | undefined {
    return this.#byName.get(name);
  }
  /** Whether there are no ids left: the core gives them in turn. */
  get isFull(): boolean {
    return this.#byId.has(MAX_TYPES - 1);
  }
  values(): IterableIterator<TypeInfo> {
    return this.#byId.values();
  }
}

/**
 * One heap's core, memory and books, shared by its handles and modules. It makes no handles. Not public.
 *
 * `core` is swapped for functions that throw once the heap is disposed of or corrupt, so that nothing
 * needs to ask.
 */
export class Store implements Reader {
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
  readonly orphans = new Orphans();
  /** Where objects were made, as far as somebody has traced it. */
  traces: Traces = { live: () => [] };
  /** Runs the finalizer of an object. */
  onFinalize: (object: Address, type: number) => void = () => undefined;
  /** Runs the callback of a weak reference. */
  onCallback: (weakref: Address, id: number) => void = () => undefined;
  /** Receives the events of collections. */
  onCollection: CoreImports["collection"] = () => undefined;
  /** What was made in the innermost scope, if one is open. */
  scope: Scoped[] | undefined;
  /** How often weak maps have been changed since a loop over them began first. */
  readonly changes = new Map<Address, number>();
  /** Lists that are being sorted. */
  readonly locked = new Set<Address>();
  /** Hooks under way. */
  depth = 0;
  isDisposed = false;
  isCorrupt = false;
  readonly #onUnraisable: UnraisableHook;
  readonly #traceHandles: boolean | undefined;
  nextCallback = 1;

  constructor(onUnraisable: UnraisableHook, traceHandles: boolean | undefined) {
    this.#onUnraisable = onUnraisable;
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
    this.memory = new HeapMemory(exports.memory);
    this.net = new LeakNet(this.#traceHandles ?? exports.isChecked() !== 0, (address, site) => {
      if (this.isDead || this.isImmortal(address)) return;
      this.leaks.add({ type: this.typeAt(address).name, address, ...(site === undefined ? {} : { site }) });
      this.core.decref(address);
    });
    this.core = guardExports(exports, {
      onBroken: (message, cause) => this.#break(message, cause),
      onSuspicion: () => {
        this.#suspect(exports);
      },
    });
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
  }

  /** Whether the heap is of no more use, so that nothing in it needs to be given back. */
  get isDead(): boolean {
    return this.isDisposed || this.isCorrupt;
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
  callOut(context: UnraisableContext, run: () => void): void {
    const { depth } = this;
    this.depth = depth + 1;
    try {
      this.outsideScopes(run);
    } catch (error) {
      this.#report(error, context);
    } finally {
      this.depth = depth;
    }
  }

  /** Never throws, unless the core under this call has failed: then there is nothing to go on with. */
  #report(error: unknown, context: UnraisableContext): void {
    if (isA(error, CorruptHeapError) && this.isCorrupt) throw error;
    try {
      this.#onUnraisable(error, context);
    } catch (second) {
      reportUncaught(second);
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
    if (this.core.incref(address) === 0) throw new OutOfMemoryError("out of memory: counting a reference");
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
    if (result === 0) throw new OutOfMemoryError(`out of memory: ${what}`);
    return result >>> 0;
  }
}

/** What an error nobody catches would do. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
