import { BadValueError, ForeignTypeError, describe } from "../base/errors.js";
import type { FieldType, Fields } from "../object/fields.js";
import type { Store } from "../state/store.js";
import { isHandle } from "./handle.js";
import type { Handle } from "./handle.js";
import { StructLayout } from "./struct-layout.js";
import type { StructHandle } from "./struct-layout.js";
import type { Value } from "./values.js";

/** What a field of a type reads as, and takes. */
export type FieldValue<T extends FieldType> = T extends "ref"
  ? Handle | null
  : T extends "value"
    ? Value
    : T extends "str"
      ? string | null
      : T extends "bool"
        ? boolean
        : T extends "i64" | "u64"
          ? bigint
          : number;

/** Nothing: no fields, no methods. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is just that
export type None = {};

/** Handle of an object with these fields, and methods. */
export type StructObject<F extends Fields, M = None> = StructHandle & {
  -readonly [K in keyof F]: FieldValue<F[K]>;
} & M;
/** Values for the fields of a new object; those left out are 0, `false` or `null`. */
export type StructInit<F extends Fields> = { readonly [K in keyof F]?: FieldValue<F[K]> };

/**
 * @typeParam F - The fields defined here.
 * @typeParam M - What `methods` adds.
 * @typeParam C - What `class` adds.
 * @typeParam BF - The fields of the struct that is extended.
 * @typeParam BM - Its methods.
 */
export interface StructOptions<F extends Fields, M = None, C = None, BF extends Fields = None, BM = None> {
  /** The struct whose fields, methods and finalizer this one has too. */
  extends?: StructType<BF, BM>;
  /** A mixin: methods and accessors for the handles, whose `this` is the handle. */
  methods?: M & ThisType<StructObject<BF & F, BM & M & C>>;
  /**
   * A class whose body has methods and accessors for the handles. It is never constructed, so it has no
   * private fields; the fields that it uses it says with `declare`.
   */
  class?: new () => C;
  /**
   * Runs once for each object before it dies: Python's `__del__`. The handle is lent for the call;
   * `clone()` it to keep the object. What it throws goes to `onUnraisable`. One that is not given is inherited.
   * (TypeScript infers from left to right: write it behind `methods`.)
   */
  finalize?: (object: StructObject<BF & F, BM & M & C>) => void;
}

let layoutOfType: (type: object) => StructLayout | undefined;

/** A type of objects of one heap: see `Heap.struct`. */
export class StructType<F extends Fields, M = None> {
  readonly name: string;
  /** For `heap.core.alloc`. */
  readonly id: number;
  /** All fields, inherited ones first. */
  readonly fields: F;
  readonly #layout: StructLayout;

  /** @internal */
  constructor(layout: StructLayout, fields: F) {
    this.name = layout.name;
    this.id = layout.id;
    this.fields = fields;
    this.#layout = layout;
  }

  /**
   * A new object, and a handle for it. Either it exists with all its values, or nothing does.
   *
   * @throws {@link BadFieldError}, {@link BadValueError}, {@link OutOfMemoryError}
   */
  new(init?: StructInit<F>): StructObject<F, M> {
    const layout = this.#layout;
    return (init === undefined ? layout.createEmpty() : layout.create(init)) as StructObject<F, M>;
  }

  /** Slot of a `ref` or `str` field, for `heap.core.getRef` and `setRef`. @throws {@link BadFieldError} */
  slotOf(field: keyof F & string): number {
    return this.#layout.slotOf(field);
  }

  /** Whether a handle is of an object of this type, or of one that extends it; then its fields can be used. */
  is(handle: unknown): handle is StructObject<F, M> {
    const { store } = this.#layout;
    if (!isHandle(handle) || handle.store !== store) return false;
    const info = store.typeAt(handle.address);
    return info instanceof StructLayout && info.isOrExtends(this.#layout);
  }

  static {
    layoutOfType = (type) => (#layout in type ? type.#layout : undefined);
  }
}

/**
 * The host's side of a type that somebody passed in.
 *
 * @throws {@link BadValueError} if it is no type of objects, {@link ForeignTypeError} if it is another heap's.
 */
export function layoutIn(store: Store, type: unknown): StructLayout {
  const layout = typeof type === "object" && type !== null ? layoutOfType(type) : undefined;
  if (layout === undefined) throw new BadValueError(`expected a struct, got ${describe(type)}`);
  if (layout.store !== store) throw new ForeignTypeError(`${layout.name} is a type of another heap`);
  return layout;
}
