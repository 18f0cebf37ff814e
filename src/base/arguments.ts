import {
  BadOptionError,
  BadValueError,
  HeapwrightError,
  TooLargeError,
  describe,
  isStackOverflow,
  messageOf,
} from "./errors.js";
import { outside } from "./entered.js";
import { pin, pinned, unpin } from "./pins.js";
import { didYouMean } from "./suggest.js";
import { isA, isArray } from "./untrusted.js";

type ErrorClass = new (message: string, options?: ErrorOptions) => HeapwrightError;

// Arguments of the program are read here, once. An error of a getter or proxy becomes the `cause` of an error with a code.
// An error of a function or iterator that the program passed in order to be called is rethrown unchanged.

/** The options that are set. @throws {@link BadOptionError} for an unknown option, or if `options` is not an object. */
export function readOptions<T extends object>(options: T, known: Readonly<Record<keyof T & string, true>>): T {
  if (typeof options !== "object" || (options as unknown) === null)
    throw new BadOptionError(`expected an object with options, got ${describe(options)}`);
  const names = Object.keys(known) as (keyof T & string)[];
  return attempt(BadOptionError, "options", () => {
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
    if (unknown !== undefined)
      throw new BadOptionError(
        `there is no option ${describe(unknown)}${didYouMean(unknown, names) || `; there are ${names.join(", ")}`}`,
      );
    const values = names.map((name) => [name, options[name]] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as T;
  });
}

/** Checks an option that is true or false. @throws {@link BadOptionError} */
export function checkFlag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new BadOptionError(`${name} must be true or false, not ${describe(value)}`);
  return value;
}

/** Names and values of an object's own properties. Errors are a `Refusal` that mentions `what`. */
export function readProperties<T>(
  object: Readonly<Record<string, T>>,
  what: string,
  Refusal: ErrorClass = BadValueError,
): [name: string, value: T][] {
  if (typeof object !== "object" || (object as unknown) === null)
    throw new Refusal(`expected ${what}, got ${describe(object)}`);
  return attempt(Refusal, what, () => Object.entries(object));
}

/** The values of an iterable. @throws {@link BadValueError} if it is not iterable or violates the iterator protocol. */
export function iterate<T>(values: Iterable<T>): Iterable<T> {
  if (isArray(values)) return values as Iterable<T>;
  const begin = memberOf(values, Symbol.iterator);
  if (typeof begin !== "function") throw new BadValueError(`expected values to iterate over, got ${describe(values)}`);
  return steps(() => Reflect.apply(begin, values, []) as unknown);
}

/** Like a `for` loop, but names a value that is no iterator in its error. */
function* steps<T>(begin: () => unknown): Generator<T, void> {
  // The engine's own iterables throw here if they are detached, or if an object only inherits from them.
  const iterator = attempt(BadValueError, "values", begin);
  const next = memberOf(iterator, "next");
  if (typeof next !== "function")
    throw new BadValueError(`an iterator has a method "next", ${describe(iterator)} has not`);
  let isOver = true;
  try {
    for (;;) {
      const result = nextOf(next as () => unknown, iterator);
      if (typeof result !== "object" || result === null)
        throw new BadValueError(`an iterator gives objects, not ${describe(result)}`);
      const step = stepIn(result as IteratorResult<T>);
      if (step === undefined) return;
      isOver = false;
      yield step.value;
      isOver = true;
    }
  } finally {
    // The loop was left early.
    const end = isOver ? undefined : memberOf(iterator, "return");
    if (typeof end === "function") pinned(() => outside(end as () => unknown, iterator));
  }
}

function nextOf(next: () => unknown, iterator: unknown): unknown {
  pin();
  try {
    return outside(next, iterator);
  } finally {
    unpin();
  }
}

/** The value of an iterator's result; `undefined` at the end. Called for each value, hence without a closure. */
function stepIn<T>(result: IteratorResult<T>): { readonly value: T } | undefined {
  pin();
  try {
    return result.done ? undefined : { value: result.value };
  } catch (cause) {
    throw unreadable(BadValueError, "values", cause);
  } finally {
    unpin();
  }
}

function memberOf(holder: unknown, name: PropertyKey): unknown {
  return attempt(BadValueError, "values", () => (holder as Record<PropertyKey, unknown> | null | undefined)?.[name]);
}

/** Runs a function that reads an argument. An error without a code becomes the cause of a `Refusal`. */
export function attempt<T>(Refusal: ErrorClass, what: string, read: () => T): T {
  try {
    return pinned(() => outside(read));
  } catch (cause) {
    throw unreadable(Refusal, what, cause);
  }
}

/** The error to throw when reading an argument threw `cause`. */
export function unreadable(Refusal: ErrorClass, what: string, cause: unknown): unknown {
  if (isA(cause, HeapwrightError) || isStackOverflow(cause)) return cause;
  return new Refusal(`${what} cannot be read: ${messageOf(cause)}`, { cause });
}

/**
 * Creates a JavaScript value, running only code of the engine. So an error without a code means that a limit of the engine
 * was reached: about 2^29 characters in a string, 2^24 entries in a Map or Set.
 *
 * @throws {@link TooLargeError}
 */
export function withinEngine<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (isA(cause, HeapwrightError) || isStackOverflow(cause)) throw cause;
    throw new TooLargeError(`${what} is more than JavaScript can hold: ${messageOf(cause)}`, { cause });
  }
}
