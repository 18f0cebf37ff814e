// Questions about values of the program. None of them throws. Only `isA`, `isPlain`, `hasBrand` and `isThenable` can run
// code of the value: a proxy's traps, or a getter.

type Class<T> = abstract new (...args: never[]) => T;

/** `value instanceof type`; false if that throws. For handles use `isHandle`. */
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

/** Whether it is a plain object: its prototype is `Object.prototype` or null. */
export function isPlain(value: unknown): boolean {
  try {
    if (typeof value !== "object" || value === null) return false;
    const prototype = Object.getPrototypeOf(value) as object | null;
    return prototype === null || isObjectPrototype(prototype);
  } catch {
    return false;
  }
}

/** Whether it is the `Object.prototype` of any realm. It may run the traps of a proxy, and throw. */
export function isObjectPrototype(prototype: object): boolean {
  if (prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Classes of the engine that a value of another realm, or one whose prototype was changed, can be told by. */
const BRANDS = /* @__PURE__ */ brands();

function brands() {
  return {
    Map: getter(Map.prototype, "size"),
    Set: getter(Set.prototype, "size"),
    ArrayBuffer: getter(ArrayBuffer.prototype, "byteLength"),
    SharedArrayBuffer:
      typeof SharedArrayBuffer === "undefined" ? undefined : getter(SharedArrayBuffer.prototype, "byteLength"),
  };
}

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

/** Whether a function returns before its code has run, because it is async or a generator. Proxies of functions are not detected. */
export function isLater(run: unknown): boolean {
  try {
    return (
      typeof run === "function" && LATER.includes((run as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "")
    );
  } catch {
    return false;
  }
}

/** The name of a function; "" if the name was replaced by something other than a string. */
export function nameOf(run: unknown): string {
  try {
    const { name } = run as { name?: unknown };
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

const TYPED_ARRAY = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype) as object;
/** Returns the original accessor of typed arrays, which subclasses cannot override. */
function getterOf(name: PropertyKey): (array: unknown) => unknown {
  const { get } = Object.getOwnPropertyDescriptor(TYPED_ARRAY, name) as { get: (this: unknown) => unknown };
  return (array) => Reflect.apply(get, array, []);
}
const kindOf = /* @__PURE__ */ getterOf(Symbol.toStringTag);
const countOf = /* @__PURE__ */ getterOf("length");
const bufferOf = /* @__PURE__ */ getterOf("buffer");
const offsetOf = /* @__PURE__ */ getterOf("byteOffset");

/** Whether it is a typed array of this kind, from any realm. `undefined` asks for a `DataView`. */
export function isTypedArray(value: unknown, kind: string | undefined): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && kindOf(value) === kind;
}

/** Whether it is a `Uint8Array`, which a heap stores as bytes. */
export function isBytes(value: unknown): value is Uint8Array {
  return isTypedArray(value, "Uint8Array");
}

/** The current length of a typed array: 0 once its buffer is detached. */
export function lengthOf(array: ArrayBufferView): number {
  return countOf(array) as number;
}

/** A view of some of the bytes. Unlike `subarray`, it calls no code of a subclass of `Uint8Array`. */
export function partOf(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return new Uint8Array(bufferOf(bytes) as ArrayBuffer, (offsetOf(bytes) as number) + start, count);
}
