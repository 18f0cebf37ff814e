// Questions about values that a program gave. None of them throws, and but for `isA`, `isPlain`, `hasBrand` and `isThenable` none runs code of the
// value: a proxy that was revoked throws at whatever else it is asked.

type Class<T> = abstract new (...args: never[]) => T;

/** `value instanceof type`, false where that throws. Not for handles: see `isHandle`. */
export function isA<T>(value: unknown, type: Class<T>): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether it is an object that is no more than its properties. */
export function isPlain(value: unknown): boolean {
  try {
    if (typeof value !== "object" || value === null) return false;
    const prototype = Object.getPrototypeOf(value) as object | null;
    return prototype === null || isObjectPrototype(prototype);
  } catch {
    return false;
  }
}

/** Whether it is the `Object.prototype` of some realm. It may run code of a proxy, and throw. */
export function isObjectPrototype(prototype: object): boolean {
  if (prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Classes of the engine that a value of another realm, or one whose prototype was changed, can be told by. */
const BRANDS = {
  Map: getter(Map.prototype, "size"),
  Set: getter(Set.prototype, "size"),
  ArrayBuffer: getter(ArrayBuffer.prototype, "byteLength"),
  SharedArrayBuffer:
    typeof SharedArrayBuffer === "undefined" ? undefined : getter(SharedArrayBuffer.prototype, "byteLength"),
} as const;

type Getter = (this: unknown) => unknown;
function getter(prototype: object, name: string): Getter {
  return (Object.getOwnPropertyDescriptor(prototype, name) as { get: Getter }).get;
}

/**
 * Whether it is an object of this class, of whatever realm, and no proxy of one. The tag is asked first, since the check throws for
 * all others, which takes time.
 */
export function hasBrand(value: object, name: keyof typeof BRANDS): boolean {
  const check = BRANDS[name];
  try {
    if (check === undefined || (value as Record<symbol, unknown>)[Symbol.toStringTag] !== name) return false;
    Reflect.apply(check, value, []);
    return true;
  } catch {
    return false;
  }
}

export function isThenable(value: unknown): boolean {
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
  } catch {
    return false;
  }
}

const LATER = ["AsyncFunction", "AsyncGeneratorFunction", "GeneratorFunction"];

/** Whether a function returns before its code has run: it is async, or a generator. Never of one that is a proxy. */
export function isLater(run: unknown): boolean {
  try {
    return (
      typeof run === "function" && LATER.includes((run as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "")
    );
  } catch {
    return false;
  }
}

/** Name of a function; "" where it has been given another that is no text. */
export function nameOf(run: unknown): string {
  try {
    const { name } = run as { name?: unknown };
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;
/** What an accessor of typed arrays reads, wherever a class that extends them has put another of its name. */
function getterOf(name: PropertyKey): (array: unknown) => unknown {
  const { get } = Object.getOwnPropertyDescriptor(TYPED_ARRAY, name) as { get: (this: unknown) => unknown };
  return (array) => Reflect.apply(get, array, []);
}
const kindOf = getterOf(Symbol.toStringTag);
const countOf = getterOf("length");
const bufferOf = getterOf("buffer");
const offsetOf = getterOf("byteOffset");

/** Whether it is a typed array of this kind, of whatever realm; `undefined`: a `DataView`. */
export function isTypedArray(value: unknown, kind: string | undefined): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && kindOf(value) === kind;
}

/** Whether it is a `Uint8Array`, which a heap holds as bytes. */
export function isBytes(value: unknown): value is Uint8Array {
  return isTypedArray(value, "Uint8Array");
}

/** How many elements a typed array has now: 0 once its buffer is detached. */
export function lengthOf(array: ArrayBufferView): number {
  return countOf(array) as number;
}

/** Some of the bytes, in place. Unlike `subarray`, it asks neither methods nor the constructor of a class that extends `Uint8Array`. */
export function partOf(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return new Uint8Array(bufferOf(bytes) as ArrayBuffer, (offsetOf(bytes) as number) + start, count);
}
