import { adopt, share } from "../../handles/adopt.js";
import { BadValueError, describe } from "../../base/errors.js";
import { uncloneable } from "../../base/uncloneable.js";
import type { DictHandle } from "../../handles/containers/dict.js";
import { filled } from "../../handles/filled.js";
import { addressIn } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import { checkAtOnce } from "../../state/unraisable.js";
import type { Scoped, Store } from "../../state/store.js";
import { Finalizer, FinalizerRegistry } from "./finalizer.js";
import type { WeakKeyMapHandle, WeakSetHandle } from "../../handles/weak/maps.js";
import type { Given, Value } from "../../handles/values.js";
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
   * Returns a handle for a weak reference to an object. The caller releases the handle. Without a callback, all calls for
   * an object return the same weak reference, as in Python. With a callback, each call makes a new one. The callback runs
   * once, when the object is freed. It does not run if the weak reference is freed first. Its argument is the dead weak
   * reference; the heap owns that handle, so the callback must not release it.
   *
   * @example
   * using weakref = heap.weakref.ref(bob, () => console.log("freed"));
   * bob.release(); // prints: freed
   * weakref.deref(); // null
   *
   * @throws {@link BadValueError} for an atom, list, tuple, dict or weak reference: they cannot have weak references.
   */
  ref<T extends Handle>(object: T, callback?: WeakrefCallback): WeakrefHandle<T> {
    return createWeakref(this.#store, object, callback);
  }

  /**
   * The number of weak references to an object.
   *
   * @example
   * using weakref = heap.weakref.ref(alice);
   * heap.weakref.getCount(alice); // 1
   */
  getCount(object: Handle): number {
    return this.#store.core.weakrefCount(addressIn(this.#store, object));
  }

  /**
   * Returns a new handle for each weak reference to an object: first the shared one, then those with callbacks, newest
   * first. The caller releases the handles.
   *
   * @example
   * using weakref = heap.weakref.ref(alice);
   * heap.scope(() => heap.weakref.getRefs(alice).length); // 1
   */
  getRefs<T extends Handle>(object: T): WeakrefHandle<T>[] {
    const store = this.#store;
    const address = addressIn(store, object);
    const found: number[] = [];
    const after = (weakref: number): number => store.core.weakrefAfter(address, weakref) >>> 0;
    for (let weakref = after(0); weakref !== 0; weakref = after(weakref)) found.push(weakref);
    return found.map((weakref) => share<WeakrefHandle<T>>(store, weakref));
  }

  /**
   * Returns a proxy: it has the fields and methods of the object's handle, but does not keep the object alive. The proxy
   * owns a weak reference; the caller releases the proxy. A proxy is not a handle, so functions that expect a handle
   * reject it.
   *
   * @example
   * const proxy = heap.weakref.proxy(alice);
   * proxy.title; // "Alice"
   * proxy.release();
   *
   * @throws {@link BadValueError} as `ref`. Using the proxy of a freed object throws {@link DeadReferenceError}.
   */
  proxy<T extends Handle>(object: T, callback?: WeakrefCallback): T {
    return this.#inScope(makeProxy(this.#store.outsideScopes(() => this.ref(object, callback))) as T);
  }

  /**
   * Runs `fn(...args)` once, when the object is freed. If the object still lives at `dispose()`, `fn` runs then, unless
   * `atExit` is false. Neither `fn` nor `args` may hold a handle for the object, because the handle would keep the object
   * alive. The caller need not keep the returned finalizer. The end of a scope does not cancel it.
   *
   * @example
   * const finalizer = heap.weakref.finalize(bob, (title) => console.log(title, "is freed"), "Bob");
   * finalizer.atExit = false; // not at the end of the heap
   * bob.release(); // prints: Bob is freed
   *
   * @throws {@link BadValueError} as `ref`, and if `fn` is async or not a function.
   */
  finalize<A extends unknown[]>(object: Handle, fn: (...args: A) => unknown, ...args: A): Finalizer {
    if (typeof fn !== "function") throw new BadValueError(`expected a function to run, got ${describe(fn)}`);
    checkAtOnce(fn, "finalizer");
    const store = this.#store;
    // Creating the finalizer may collect, and a hook of that collection may release the object.
    return store.holding(addressIn(store, object), () => new Finalizer(this.#finalizers, store, object, fn, args));
  }

  /**
   * Returns a new map that does not keep its values alive, with these entries: a `Map`, pairs, a dict of the heap. The caller
   * releases it.
   *
   * @example
   * using cache = heap.weakref.valueMap();
   * cache.set("alice", alice);
   *
   * @throws {@link OutOfMemoryError}
   */
  valueMap<T extends Handle = Handle>(entries: Iterable<readonly [Value, T]> = []): WeakValueMap<T> {
    const store = this.#store;
    const made = store.require(() => store.core.newDict(0), "a dict");
    const map = new WeakValueMap<T>(
      store,
      store.outsideScopes(() => adopt<DictHandle>(store, made)),
    );
    return filled(this.#inScope(map), () => {
      map.update(entries);
    });
  }

  /** Registers the owner of a handle with the scope, in place of the handle. */
  #inScope<O extends Scoped>(owner: O): O {
    this.#store.scope?.push(owner);
    return owner;
  }

  /**
   * Returns a new map that does not keep its keys alive, with these entries. It keeps a value alive as long as the key lives.
   * The caller releases the map.
   *
   * @example
   * using ages = heap.weakref.keyMap();
   * ages.set(alice, 42);
   *
   * @throws {@link OutOfMemoryError}
   */
  keyMap<K extends Handle = Handle, V extends Value = Value>(
    entries: Iterable<readonly [K, Given<V>]> = [],
  ): WeakKeyMapHandle<K, V> {
    const map = this.#newWeakMap(false) as WeakKeyMapHandle<K, V>;
    return filled(map, () => {
      map.update(entries);
    });
  }

  /**
   * Returns a new set that does not keep its elements alive, with these elements. The caller releases it.
   *
   * @example
   * using seen = heap.weakref.set();
   * seen.add(alice);
   *
   * @throws {@link OutOfMemoryError}
   */
  set<T extends Handle = Handle>(elements: Iterable<T> = []): WeakSetHandle<T> {
    const set = this.#newWeakMap(true) as WeakSetHandle<T>;
    return filled(set, () => {
      set.update(elements);
    });
  }

  #newWeakMap(isSet: boolean): Handle {
    const store = this.#store;
    return adopt(
      store,
      store.require(() => store.core.newWeakMap(isSet ? 1 : 0), "a weak map"),
    );
  }

  /** Runs the functions given to `finalize` that have not run. @internal */
  runAtExit(): void {
    this.#finalizers.runAtExit(this.#store);
  }
}
