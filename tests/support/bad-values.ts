// Values that no function wants, and that throw when they are looked at in the wrong way.

import { Handle, Heap } from "../../src/index.js";

/** What getters, proxies, functions and iterators throw here. */
export const MINE = new Error("mine");

const fail = (): never => {
  throw MINE;
};

export function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Throws at whatever it is asked. */
export function hostile<T extends object>(target: T): T {
  return new Proxy(target, new Proxy({}, { get: () => fail }));
}

/** Throws when a property is read, whichever of those that this package reads somewhere. */
function withGetters(): object {
  const names = ["constructor", "then", "length", "size", "name", "next", "maxBytes", "frames", "finalize", "n"];
  const getters = [...names, Symbol.iterator, Symbol.asyncIterator, Symbol.toPrimitive, Symbol.toStringTag];
  return Object.defineProperties(
    {},
    Object.fromEntries(getters.map((name) => [name, { enumerable: typeof name === "string", get: fail }])),
  );
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** Says that it is shorter, or longer, than it is. */
function lying(length: unknown): Uint8Array {
  return Object.defineProperty(new Uint8Array(40), "length", { value: length });
}

let other: Heap | undefined;

/** Each made anew, since some can be used up. None is worth anything where it is given. */
export const BAD_VALUES: Readonly<Record<string, (heap: Heap) => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "-1": () => -1,
  "1.5": () => 1.5,
  NaN: () => NaN,
  "2^32": () => 2 ** 32,
  "2^53": () => 2 ** 53,
  "a text": () => "text",
  "half of a pair": () => "\ud800",
  "a bigint": () => 1n,
  "a bigint of 65 bits": () => 2n ** 64n,
  "a symbol": () => Symbol("s"),
  "a function": () => () => undefined,
  "an object": () => ({}),
  "an object without prototype": () => Object.create(null),
  "an array": () => [],
  "an array of undefined": () => [undefined],
  "an array of a symbol": () => [Symbol("s")],
  "a revoked object": () => revoked({}),
  "a revoked array": () => revoked([]),
  "an array of a revoked object": () => [revoked({})],
  "an array of a revoked array": () => [revoked([])],
  "a hostile object": () => hostile({}),
  "a hostile array": () => hostile([]),
  "a hostile function": () => hostile(() => undefined),
  "getters that throw": withGetters,
  "an array with a getter that throws": () => Object.defineProperty([1], 0, { get: fail, enumerable: true }),
  "no number": () => ({ valueOf: fail, toString: fail }),
  "a class with a symbol for its name": () => ({
    constructor: Object.defineProperty(class {}, "name", { value: Symbol() }),
  }),
  "an iterator that is none": () => ({ [Symbol.iterator]: () => 5 }),
  "an iterator without next": () => ({ [Symbol.iterator]: () => ({}) }),
  "an iterator that gives no objects": () => ({ [Symbol.iterator]: () => ({ next: () => 5 }) }),
  "an iterator that throws": () => ({ [Symbol.iterator]: () => ({ next: fail }) }),
  "a function that throws": () => fail,
  "a handle's heir": () => Object.create(Handle.prototype),
  "a proxy of a handle": (heap) => new Proxy(heap.list(), {}),
  "a released handle": (heap) => {
    const list = heap.list();
    list.release();
    return list;
  },
  "another heap's handle": () => (other ??= Heap.createSync()).list(),
  "detached bytes": detached,
  "bytes that say they are shorter": () => lying(1),
  "bytes that say they are longer": () => lying(5000),
  "bytes whose length is none": () => lying(Symbol("s")),
};
