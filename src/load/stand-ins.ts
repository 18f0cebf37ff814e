import { outside } from "../base/entered.js";
import { BadValueError } from "../base/errors.js";
import { LargeMap } from "../base/large-map.js";
import { isHandle } from "../handles/handle.js";
import { hasPlace } from "./places.js";

/** How JavaScript values are copied into a heap. */
export interface FromOptions {
  /**
   * Called for each value that a heap has no place for: class instances, Dates, functions, symbols, `undefined`, ints beyond
   * 64 bits, … What it returns is copied in place of the value, and what is in that is looked through in turn. `undefined`
   * leaves a property, an entry of a Map or an element of a Set out, and is `null` in an array. An object that is met
   * twice is replaced once, and its copy is shared, so cycles stay cycles. Replacements in replacements may be 100,000 deep: a
   * function that makes a new value without a place each time ends with a {@link BadValueError}.
   *
   * `key` is the name or index of the value, or its key in a Map; `""` for the whole. `holder` is what it was found in.
   */
  replace?: (value: unknown, key: unknown, holder: unknown) => unknown;
  /** Whether the `toJSON` of an object is called first, as `JSON.stringify` does: Dates become texts. @default false */
  toJSON?: boolean;
}

/** What is copied in place of a value; `undefined` to leave it out. */
export type StandIn = (value: unknown, key: unknown, holder: unknown) => unknown;

/** An error thrown by the program's function. `message` says which call threw. */
export class ThrownOutside extends Error {}

/** Replacements in replacements: a function that makes a new misfit each time would never end. */
const MOST_NESTED = 100_000;

/** Combines the options into one function. Undefined if they change nothing. */
export function standInsFor({ replace, toJSON = false }: FromOptions): StandIn | undefined {
  if (replace === undefined && !toJSON) return undefined;
  /** The replacements of objects visited so far. Boxed, because a replacement may be `undefined`. */
  const made = new LargeMap<object, { readonly value: unknown }>();
  /** Containers that are replacements, or in replacements, and in how many. */
  const nesting = new LargeMap<object, number>();
  const make: StandIn = (value, key, holder) => {
    const json = toJSON ? asJson(value, key) : value;
    // `JSON.stringify` omits it, too.
    if (replace === undefined) return json;
    return hasPlace(json) ? json : calling("replacing", () => outside(replace, undefined, json, key, holder));
  };
  const makeNested: StandIn = (value, key, holder) => {
    const standIn = make(value, key, holder);
    const outer = (holder === undefined ? undefined : nesting.get(holder as object)) ?? 0;
    const nested = standIn === value ? outer : outer + 1;
    if (nested > MOST_NESTED)
      throw new BadValueError(
        `${MOST_NESTED} values have been replaced, each in what replaced the one before: it would never end`,
      );
    if (nested > 0 && isObject(standIn)) nesting.set(standIn, nested);
    return standIn;
  };
  return (value, key, holder) => {
    if (!isObject(value)) return makeNested(value, key, holder);
    if (isHandle(value)) return value;
    let box = made.get(value);
    if (box === undefined) made.set(value, (box = { value: makeNested(value, key, holder) }));
    return box.value;
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function asJson(value: unknown, key: unknown): unknown {
  if (!isObject(value) && typeof value !== "bigint") return value;
  return calling("toJSON", () => {
    const method = outside(Reflect.get, undefined, Object(value) as object, "toJSON") as unknown;
    if (typeof method !== "function") return value;
    return outside(method as (key: string) => unknown, value, String(key));
  });
}

function calling<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new ThrownOutside(what, { cause });
  }
}
