import { share } from "./adopt.js";
import { FLAG_FINALIZED, FLAG_TRACKED, INFO_OFFSET } from "../../assembly/layout.js";
import { BadValueError, ForeignHandleError, ReleasedHandleError, describe } from "../base/errors.js";
import type { HandleRecord } from "../state/leak-net.js";
import type { Store } from "../state/store.js";
import { areEqual } from "../object/equals.js";
import type { EqualityReader } from "../object/equals.js";
import { repr } from "../object/repr.js";
import type { ReprKind } from "../object/repr.js";
import { toJS, toJson } from "../object/to-js.js";
import { UNCLONEABLE_HANDLE } from "../base/uncloneable.js";
import { isA } from "../base/untrusted.js";
import { sealedPrototype } from "./sealed.js";
import type { Address } from "../wasm/exports.js";

const RELEASED = new Uint32Array(1);
/** Engines without `using` have no such symbol, and a member named by `undefined` would be called so. */
export const DISPOSE: typeof Symbol.dispose =
  (Symbol as Partial<SymbolConstructor>).dispose ?? (Symbol("Symbol.dispose") as typeof Symbol.dispose);
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

let isBranded: (value: object) => boolean;
/** Moves a handle that was lent after its object. The leak net moves the others. */
export let moveLent: (handle: Handle, to: (address: Address) => Address) => void;

/**
 * A name for an object: owns one outside reference to it, and so keeps it alive, until it is released.
 *
 * A handle cannot dangle. One that is forgotten instead of released is released for you some time after
 * JavaScript's own collector has found it (see `heap.leaks()`).
 */
export class Handle {
  static {
    isBranded = (value) => #store in value;
    moveLent = (handle, to) => {
      if (handle.#record === undefined && !handle.released) handle.#addresses[0] = to(handle.address);
    };
    Object.setPrototypeOf(
      this.prototype,
      sealedPrototype((handle) => (#store in handle ? typeNameOf(handle) : undefined)),
    );
  }
  /** @internal */
  readonly "[[handle]]" = UNCLONEABLE_HANDLE;
  readonly #store: Store;
  #addresses: Uint32Array;
  #index: number;
  /** Where the leak net has the address; none for lent handles. */
  #record: HandleRecord | undefined;

  /** Handles are made by the heap. @internal */
  constructor(store: Store, address: Address, lent: boolean) {
    this.#store = store;
    if (lent) {
      this.#addresses = Uint32Array.of(address);
      this.#index = 0;
      return;
    }
    const record = store.net.room();
    this.#record = record;
    this.#addresses = record.addresses;
    this.#index = store.net.claim(record, this, address);
    store.scope?.push(this);
  }

  /** The heap's internals. @internal */
  get store(): Store {
    return this.#store;
  }

  /**
   * Where the object is: Python's `id`. Stable as long as the object lives.
   *
   * @throws {@link ReleasedHandleError}, {@link HeapDisposedError}
   */
  get address(): Address {
    const address = this.#addresses[this.#index] as number;
    if (address === 0) this.#refuse();
    return address;
  }

  /** The end of the heap has released its handles: that is what the program should hear of. */
  #refuse(): never {
    this.#store.mustLive();
    throw new ReleasedHandleError("this handle has been released, by itself or at the end of its scope or call");
  }

  /** Whether the handle has let its object go. */
  get released(): boolean {
    return this.#addresses[this.#index] === 0;
  }

  /**
   * Lets the object go, as Python's `del`. If this was the last reference, the object dies before this
   * returns. Harmless when repeated, on a handle that was lent, and when the heap is gone.
   *
   * @example
   * const letter = heap.str("a letter");
   * letter.release();
   * letter.released; // true
   */
  release(): void {
    const address = this.#addresses[this.#index] as number;
    if (address === 0) return;
    const record = this.#record;
    if (record === undefined) {
      this.#addresses[0] = 0;
      return;
    }
    const addresses = this.#addresses;
    const index = this.#index;
    // First, since a finalizer may come by this handle.
    this.#addresses = RELEASED;
    this.#index = 0;
    this.#record = undefined;
    try {
      if (!this.store.isDead) this.store.core.decref(address);
    } catch (error) {
      // The stack had no room for a death: nothing has changed.
      this.#addresses = addresses;
      this.#index = index;
      this.#record = record;
      throw error;
    }
    this.store.net.free(record, index);
  }

  /**
   * Another handle for the same object. In a finalizer, this is how an object is resurrected.
   *
   * @example
   * using same = alice.clone();
   * same.is(alice); // true
   */
  clone(): this {
    return share<this>(this.store, this.address);
  }

  /**
   * Whether both are handles of one object: Python's `is`. Two handles of one object are two for `===`.
   *
   * @example
   * using buddy = bob.buddy;
   * buddy === alice; // false: two handles
   * alice.is(buddy); // true: one object
   *
   * @returns `false` for `null` and `undefined`, so `alice.is(bob.buddy)` needs no check.
   * @throws {@link BadValueError}, {@link ForeignHandleError} for what is no handle of this heap.
   */
  is(other: Handle | null | undefined): boolean {
    const { address } = this;
    return other !== null && other !== undefined && addressIn(this.store, other) === address;
  }

  /**
   * Whether both objects are equal: Python's `==`. Lists, tuples, dicts and sets are equal if what they hold is, however
   * deep, cycles included; 1 equals 1.0 and True. Objects of structs are equal to themselves alone. Makes no handles.
   *
   * @example
   * using one = heap.list([1, 2]);
   * using other = heap.list([1, 2]);
   * one.equals(other); // true
   * one.is(other); // false
   *
   * @throws {@link BadValueError}, {@link ForeignHandleError} for what is no handle of this heap.
   */
  equals(other: Handle): boolean {
    const { store } = this;
    return areEqual(equalityIn(store), this.address, addressIn(store, other));
  }

  /** All strong references to the object, this handle's included (`sys.getrefcount` would say one more). 0xC0000000 if immortal. */
  get refcount(): number {
    return this.store.core.refcount(this.address) >>> 0;
  }

  /** Bytes that the object takes, header and own buffer included, what it refers to excluded. */
  get byteSize(): number {
    return this.store.core.sizeOf(this.address) >>> 0;
  }

  /** Name of the object's type. */
  get type(): string {
    return this.store.typeAt(this.address).name;
  }

  /** Whether the object lives as long as the heap, without any reference: None, booleans, small ints, the empty tuple. */
  get isImmortal(): boolean {
    return this.store.isImmortal(this.address);
  }

  /** Whether the collector looks after the object. */
  get isTracked(): boolean {
    return this.#hasFlag(FLAG_TRACKED);
  }

  /** Whether the object's finalizer has run. */
  get isFinalized(): boolean {
    return this.#hasFlag(FLAG_FINALIZED);
  }

  #hasFlag(flag: number): boolean {
    return (this.store.memory.word(this.address + INFO_OFFSET) & flag) !== 0;
  }

  /**
   * The value as plain JavaScript; shared parts and cycles are kept, depth is no limit. What came in
   * through `heap.from` goes out as it was. Otherwise: a list or tuple is an array, a dict a `Map`, a
   * set a `Set`, an object of a struct a plain object, a weak reference `null`.
   *
   * @example
   * using list = heap.list([1, [2, 3]]);
   * list.toJS(); // [1, [2, 3]]
   *
   * @throws {@link TooLargeError}, saying where, for a `Map` or `Set` of more than 2^24 entries, an array of more than 2^26 items.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  toJS(): any {
    return toJS(this.store, this.address);
  }

  /**
   * What `JSON.stringify` takes instead of the handle, by the rules of Python's `json.dumps`: a dict is an
   * object, its keys strings (`True`, 1.5 and None are `"true"`, `"1.5"`, `"null"`).
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * JSON.stringify({ ages }); // '{"ages":{"Alice":42}}'
   *
   * @throws {@link BadValueError}, saying where, for what JSON cannot say: sets, bytes, ints beyond 2^53, tuples as keys.
   */
  toJSON(): unknown {
    return toJson(this.store, this.address);
  }

  /**
   * The value as Python's `repr` would write it; a cycle is cut with `[...]`.
   *
   * @example
   * using list = heap.list([true, null, "a"]);
   * list.repr(); // "[True, None, 'a']"
   *
   * @throws {@link TooLargeError} for a text of more than 2^29 characters.
   */
  repr(): string {
    return repr(this.store, this.address);
  }

  /**
   * The `repr` of the value. A handle of a str gives its text instead.
   *
   * @example
   * using list = heap.list([1, 2]);
   * `${list}`; // "[1, 2]"
   */
  toString(): string {
    return this.repr();
  }

  /** Releases the handle: for `using`. */
  [DISPOSE](): void {
    this.release();
  }

  /**
   * What `console.log` shows in Node: the start of the `repr`, in colours where there are any. Containers that lie deeper
   * than the option `depth` of `util.inspect` are shown as `<list of 3>`.
   */
  [INSPECT](depth: number | null = 2, options?: InspectOptions | null): string {
    const unusable = unusableText(this);
    if (unusable !== undefined) return `<${unusable}>`;
    return repr(this.store, this.address, { limit: SHOWN, depth: depth ?? Infinity, stylize: options?.stylize });
  }

  /**
   * `list at 0x30020`: the type and the address, and of all but the first heap its number. So comparing handles by what they
   * look like, as `deepStrictEqual` of Node and `toEqual` of test runners do, says whether they are of the same object.
   */
  get [Symbol.toStringTag](): string {
    const unusable = unusableText(this);
    if (unusable !== undefined) return unusable;
    const { store, type, address } = this;
    return `${type} at 0x${address.toString(16)}${store.number === 1 ? "" : ` in heap ${store.number}`}`;
  }
}

function equalityIn(store: Store): EqualityReader {
  const { memory, core } = store;
  return {
    memory,
    typeIdAt: (address) => store.typeIdAt(address),
    typeAt: (address) => store.typeAt(address),
    findIn: (table, key) => core.tableFind(table, key) >>> 0,
    referentOf: (weakref) => core.weakrefTarget(weakref) >>> 0,
  };
}

/** What `util.inspect` passes on, as far as it is used. */
interface InspectOptions {
  stylize?: (text: string, kind: ReprKind) => string;
}

/** What stands for a handle that cannot be used; `undefined` for one that can. */
function unusableText(handle: Handle): string | undefined {
  if (!isHandle(handle)) return Object.hasOwn(handle, "constructor") ? "Handle" : "proxy of a handle";
  if (handle.released) return "released handle";
  return handle.store.isDead ? "handle of a heap that can no longer be used" : undefined;
}

/** For an error about a handle, which may be of no more use. */
function typeNameOf(handle: Handle): string {
  return handle.released || handle.store.isDead ? handle.constructor.name : handle.type;
}

/** Characters that `console.log` shows of a value. */
const SHOWN = 10_000;

/** Whether it is a handle, and not what `instanceof` takes for one, as a proxy or what inherits from one. Runs no code of the value. */
export function isHandle(value: unknown): value is Handle {
  return typeof value === "object" && value !== null && isBranded(value);
}

/** Lets through all but what only looks like a handle, whose methods would fail on it. @throws {@link BadValueError} */
export function noImpostor<T>(value: T): T {
  if (isA(value, Handle) && !isHandle(value))
    throw new BadValueError("a proxy of a handle is not a handle: pass the handle itself");
  return value;
}

/** Whether it is a handle of this class. */
export function isHandleOf<T extends Handle>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  return isHandle(value) && value instanceof type;
}

/**
 * Address behind a handle that somebody passed in.
 *
 * @throws {@link BadValueError} if it is no handle, {@link ForeignHandleError} if it is another heap's,
 *   {@link ReleasedHandleError} if it was released.
 */
export function addressIn(store: Store, handle: unknown): Address {
  if (!isHandle(handle)) throw new BadValueError(`expected a handle, got ${describe(handle)}`);
  if (handle.store !== store) throw new ForeignHandleError("this handle belongs to another heap");
  return handle.address;
}
