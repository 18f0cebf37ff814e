import { entering, isMarking, outside } from "../../base/entered.js";
import { DeadReferenceError } from "../../base/errors.js";
import { DISPOSE } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import type { WeakrefHandle } from "../../handles/weak/weakref.js";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Members that belong to the proxy itself. JavaScript reads the last two without the program's doing. */
const OWN: ReadonlySet<PropertyKey> = new Set([
  ...["release", "released", DISPOSE, INSPECT, "toString"],
  ...[Symbol.toPrimitive, "then"],
]);

/** The target of a proxy: implements the proxy's own members. */
class ProxyTarget {
  readonly #weakref: WeakrefHandle;
  constructor(weakref: WeakrefHandle) {
    this.#weakref = weakref;
  }
  get released(): boolean {
    return this.#weakref.released;
  }
  release(): void {
    this.#weakref.release();
  }
  [DISPOSE](): void {
    this.release();
  }
  /** Never throws, as in Python. */
  toString(): string {
    return this.released ? "<released proxy>" : this.#weakref.repr().replace("weakref", "weakproxy");
  }
  [INSPECT](): string {
    return this.toString();
  }

  /** Calls `run` with a handle for the object. @throws {@link DeadReferenceError} if the object has been freed. */
  use<T>(run: (object: Handle) => T): T {
    const object = this.#weakref.deref();
    if (object === null) throw new DeadReferenceError("weakly-referenced object no longer exists");
    try {
      return run(object);
    } finally {
      object.release();
    }
  }
}

/** See `Weakrefs.proxy`. */
export function makeProxy(weakref: WeakrefHandle): unknown {
  return new Proxy(new ProxyTarget(weakref), new Handler());
}

const { get, set } = Reflect as {
  get: (object: object, name: PropertyKey, receiver: object) => unknown;
  set: (object: object, name: PropertyKey, value: unknown, receiver: object) => boolean;
};

/** The traps of a proxy. They are entrances: see `heap/entrances.ts`. */
export class Handler implements ProxyHandler<ProxyTarget> {
  get(target: ProxyTarget, name: PropertyKey): unknown {
    if (OWN.has(name)) return bound(target, Reflect.get(target, name, target) as unknown);
    return target.use((object) => {
      // It may be one of the program's own methods or accessors.
      const value: unknown = outside(get, undefined, object, name, object);
      if (typeof value !== "function") return value;
      // The object may die between the look-up and the call.
      const call = (...args: unknown[]): unknown =>
        target.use((later): unknown =>
          outside(outside(get, undefined, later, name, later) as () => unknown, later, ...(args as [])),
        );
      return isMarking ? entering(call) : call;
    });
  }
  set(target: ProxyTarget, name: PropertyKey, value: unknown): boolean {
    return target.use((object) => outside(set, undefined, object, name, value, object));
  }
  has(target: ProxyTarget, name: PropertyKey): boolean {
    return OWN.has(name) || target.use((object) => Reflect.has(object, name));
  }
}

function bound(target: ProxyTarget, value: unknown): unknown {
  return typeof value === "function" ? (value.bind(target) as unknown) : value;
}
