/**
 * Values of own properties that make `structuredClone` and `postMessage` fail, with a message that says what to do. Without one they
 * would copy what has private fields as `{}`. A symbol is the cheapest value that cannot be cloned. Each is another, so
 * `deepStrictEqual` tells objects that have their own from one another.
 */
export function uncloneable(what: string): symbol {
  return Symbol(`${what} of heapwright, which lives in its heap`);
}

/** Of all handles: a symbol for each would cost too much. (`deepStrictEqual` compares their `Symbol.toStringTag`.) */
export const UNCLONEABLE_HANDLE = Symbol("a handle of heapwright (send its toJS(), or save(heap) as a whole)");
