/**
 * Values of own properties that make `structuredClone` and `postMessage` fail with a helpful message. Without one they would
 * copy an object with private fields as `{}`. A symbol is the cheapest value that cannot be cloned. Each object gets a new
 * symbol, so `deepStrictEqual` finds two such objects different.
 */
export function uncloneable(what: string): symbol {
  return Symbol(`${what} of heapwright, which lives in its heap`);
}

/** Shared by all handles: a symbol for each would cost too much. (`deepStrictEqual` compares their `Symbol.toStringTag`.) */
export const UNCLONEABLE_HANDLE = Symbol("a handle of heapwright (send its toJS(), or save(heap) as a whole)");
