import type { FieldLayout } from "../object/field-layout.js";
import { uncloneable } from "../base/uncloneable.js";
import { knowStruct } from "./field-types.js";
import type { Shaped, shape } from "./field-types.js";
import { isHandle } from "./handle.js";
import type { StructArguments, Fields, Nothing, StructObject } from "./struct-handle.js";
import type { StructLayout } from "./struct-layout.js";

/**
 * @typeParam F - The fields defined here.
 * @typeParam M - What `methods` adds.
 * @typeParam C - What `class` adds.
 * @typeParam BF - The fields of the struct that is extended.
 * @typeParam BM - Its methods.
 */
export interface StructOptions<F extends Fields, M = Nothing, C = Nothing, BF extends Fields = Nothing, BM = Nothing> {
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
   *
   * Write its body in braces, or write it behind `methods`: TypeScript has to know what `(object) => object.close()`
   * returns before it has read what comes after.
   */
  // Generic, because TypeScript then looks at `methods` before it looks into the body.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  finalize?: <O extends StructObject<BF & F, BM & M & C>>(object: O) => void;
}

/** A type of objects of one heap: see `Heap.struct`. */
export class StructType<F extends Fields, M = Nothing> implements Shaped<F, M> {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a struct");
  /** For types alone: it has no value. */
  declare readonly [shape]: Shaped<F, M>[typeof shape];
  /** The name of the type, which is unique in the heap. */
  readonly name: string;
  /** For `heap.core.alloc`. */
  readonly id: number;
  /** All fields, inherited ones first. */
  readonly fields: F;
  readonly #layout: StructLayout;

  /** @internal */
  constructor(layout: StructLayout) {
    this.name = layout.name;
    this.id = layout.id;
    this.fields = typesOf(layout) as F;
    this.#layout = layout;
    knowStruct(this, layout);
  }

  /**
   * A new object, and a handle for it. Either it exists with all its values, or nothing does. Fields that are not given
   * are 0, `false` or `null`, unless they are required. Getters among the types of the fields are called now, the first
   * time: from here on the structs that they name must be defined.
   *
   * @example
   * using carol = Person.new({ title: "Carol", buddy: alice });
   * carol.age; // 0: it was not given
   *
   * @throws {@link BadFieldError}, {@link BadValueError}, {@link OutOfMemoryError}
   */
  new(...[init]: StructArguments<F>): StructObject<F, M> {
    const layout = this.#layout;
    return (init === undefined ? layout.createEmpty() : layout.create(init)) as unknown as StructObject<F, M>;
  }

  /**
   * Slot of a field that is a reference, for `heap.core.getRef` and `setRef`.
   *
   * @example
   * const slot = Person.slotOf("buddy");
   * heap.core.getRef(bob.address, slot) === alice.address; // true
   *
   * @throws {@link BadFieldError}
   */
  slotOf(field: keyof F & string): number {
    return this.#layout.slotOf(field);
  }

  /**
   * Whether a handle is of an object of this type, or of one that extends it; then its fields can be used.
   *
   * @example
   * using list = heap.list([alice]);
   * using first = list.get(0) as Handle;
   * if (Person.is(first)) first.title; // "Alice"
   */
  is(handle: unknown): handle is StructObject<F, M> {
    const layout = this.#layout;
    return isHandle(handle) && handle.store === layout.store && layout.has(handle.address);
  }
}

/** The types of a struct's fields, inherited ones included. What a getter says is read when it is asked for. */
function typesOf({ fields }: StructLayout): object {
  const types = {};
  for (const field of fields.values())
    Object.defineProperty(types, field.name, { enumerable: true, configurable: true, get: () => givenType(field) });
  return types;
}

/** A word, if the type has one. */
function givenType({ source, text }: FieldLayout): unknown {
  if (source === undefined) return text;
  const { spec } = source;
  return spec.text === spec.kind ? spec.kind : spec;
}
