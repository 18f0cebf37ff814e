import { adopt, share } from "../../handles/adopt.js";
import { BadValueError, describe } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { DictHandle } from "../../handles/containers/dict.js";
import { addressIn } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Scoped, Store } from "../../state/store.js";
import { Finalizer, FinalizerRegistry } from "./finalizer.js";
import type { WeakKeyMapHandle, WeakSetHandle } from "../../handles/weak/maps.js";
import type { Value } from "../../handles/values.js";
import { makeProxy } from "./proxy.js";
import { WeakValueMap } from "./value-map.js";
import { createWeakref } from "../../handles/weak/weakref.js";
import type { WeakrefCallback, WeakrefHandle } from "../../handles/weak/weakref.js";

/** Python's `weakref` module: `heap.weakref`. */
export class Weakrefs {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("heap.weakref");
  readonly #store: Store;
  readonly #finalizers = new FinalizerRegistry();

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A weak reference to an object. With a callback it is an object of its own, and the callback is
   * called once, with the dead weak reference (lent), when the referent dies, unless the weak reference
   * died first. Without one, all calls for an object return the same weak reference, as in Python.
   *
   * @throws {@link BadValueError} for types that cannot be referred to weakly: atoms, lists, tuples, dicts, weak references.
   */
  ref<T extends Handle>(object: T, callback?: WeakrefCallback): WeakrefHandle<T> {
    return createWeakref(this.#store, object, callback);
  }

  /** How many weak references to an object there are. */
  getCount(object: Handle): number {
    return this.#store.core.weakrefCount(addressIn(this.#store, object));
  }

  /** A new handle for each weak reference to an object: the shared one, then those with callbacks, newest first. */
  getRefs<T extends Handle>(object: T): WeakrefHandle<T>[] {
    const store = this.#store;
    const address = addressIn(store, object);
    const found: number[] = [];
    const after = (weakref: number): number => store.core.weakrefAfter(address, weakref) >>> 0;
    for (let weakref = after(0); weakref !== 0; weakref = after(weakref)) found.push(weakref);
    return found.map((weakref) => share<WeakrefHandle<T>>(store, weakref));
  }

  /**
   * Something that behaves as an object's handle does and does not keep it alive: each use goes to the object, and
   * fails once that is dead. It is a view over a weak reference, and owns it: `release()` lets that go. It is not
   * itself a handle: the heap does not take it for the object.
   *
   * @throws {@link BadValueError} as `ref`. Its use: {@link DeadReferenceError}.
   */
  proxy<T extends Handle>(object: T, callback?: WeakrefCallback): T {
    return this.#inScope(makeProxy(this.#store.outsideScopes(() => this.ref(object, callback))) as T);
  }

  /**
   * Runs a function once: when the object dies, or at `dispose()` if it never does (unless `atExit` is false: then it
   * does not run any more). The function must not hold on to the object, or the object will not die. What is returned need not be kept, and no scope ends it.
   *
   * @throws {@link BadValueError} as `ref`.
   */
  finalize<A extends unknown[]>(object: Handle, fn: (...args: A) => unknown, ...args: A): Finalizer {
    if (typeof fn !== "function") throw new BadValueError(`expected a function to run, got ${describe(fn)}`);
    checkAtOnce(fn, "finalizer");
    const store = this.#store;
    // Held, because making one may collect, and a hook may release the object.
    return store.holding(addressIn(store, object), () => new Finalizer(this.#finalizers, store, object, fn, args));
  }

  /** A new, empty map that does not keep its values alive. */
  valueMap<T extends Handle = Handle>(): WeakValueMap<T> {
    const store = this.#store;
    const made = store.require(() => store.core.newDict(0), "a dict");
    return this.#inScope(
      new WeakValueMap<T>(
        store,
        store.outsideScopes(() => adopt<DictHandle>(store, made)),
      ),
    );
  }

  /** A scope ends, or returns, what owns a handle, and not the handle. */
  #inScope<O extends Scoped>(owner: O): O {
    this.#store.scope?.push(owner);
    return owner;
  }

  /** A new, empty map that does not keep its keys alive, nor its values longer than their keys. */
  keyMap<K extends Handle = Handle, V extends Value = Value>(): WeakKeyMapHandle<K, V> {
    return this.#newWeakMap(false) as WeakKeyMapHandle<K, V>;
  }

  /** A new, empty set that does not keep its elements alive. */
  set<T extends Handle = Handle>(): WeakSetHandle<T> {
    return this.#newWeakMap(true) as WeakSetHandle<T>;
  }

  #newWeakMap(isSet: boolean): Handle {
    const store = this.#store;
    return adopt(
      store,
      store.require(() => store.core.newWeakMap(isSet ? 1 : 0), "a weak map"),
    );
  }

  /** Runs what `finalize` has left. @internal */
  runAtExit(): void {
    this.#finalizers.runAtExit(this.#store);
  }
}
