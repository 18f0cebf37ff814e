import type { DictHandle } from "./containers/dict.js";
import type { SequenceHandle } from "./containers/sequence.js";
import type { RefField, RequiredField, Shaped, WeakField } from "./field-types.js";
import { Handle } from "./handle.js";
import { readPath } from "./path.js";
import type { PathStep } from "./path.js";
import type { Given, Value } from "./values.js";

/** Fields by name, each with its type: one of {@link FieldType}, or `ref()`, `weak()` or `required()`, perhaps in a getter. */
// Not their union: to compare a getter with it, TypeScript would need the type of the struct that is being defined.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Fields = Readonly<Record<string, any>>;

/** No fields, or no methods: what a struct has that defines none. Declarations of a program that exports a struct may name it. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is just that
export type Nothing = {};

interface NamedValues {
  ref: Handle | null;
  weak: Handle | null;
  value: Value;
  str: string | null;
  bool: boolean;
  i8: number;
  u8: number;
  i16: number;
  u16: number;
  i32: number;
  u32: number;
  i64: bigint;
  u64: bigint;
  f32: number;
  f64: number;
}

/** Of a field whose type does not exist. */
export interface UnknownFieldType<T> {
  readonly "a field cannot be of type": T;
}

/** What a field of a type reads as, and takes as a property. */
export type FieldValue<T> = T extends keyof NamedValues
  ? NamedValues[T]
  : T extends RequiredField<infer K>
    ? NonNullable<NamedValues[K]>
    : T extends RefField<infer S, infer R>
      ? ObjectOf<S> | (R extends true ? never : null)
      : T extends WeakField<infer S>
        ? ObjectOf<S> | null
        : UnknownFieldType<T>;

/** What `new` and `set` take for a field: a `"value"` also a container of JavaScript's, which is copied. */
// As a property it cannot: TypeScript has one type for reading and writing it.
export type FieldInit<T> = T extends "value" ? Given<Value> : FieldValue<T>;

/** Handle of an object of a struct: `ObjectOf<typeof Person>`. */
export type ObjectOf<S> = S extends Shaped<infer F, infer M> ? StructObject<F, M> : never;

/** Handle of an object with these fields, and methods. */
export type StructObject<F, M = Nothing> = StructHandle<F> & { -readonly [K in keyof F]: FieldValue<F[K]> } & M;

/** None, if not all names are known. */
type RequiredNames<F> = string extends keyof F
  ? never
  : { [K in keyof F]: F[K] extends { readonly isRequired: true } ? K : never }[keyof F];

/** Values for the fields of a new object; those left out are 0, `false` or `null`. */
export type StructInit<F> = {
  readonly [K in Exclude<keyof F, RequiredNames<F>>]?: FieldInit<F[K]>;
} & { readonly [K in RequiredNames<F>]: FieldInit<F[K]> };

/** What `new` takes: nothing will do if no field is required. */
export type StructArguments<F> = [RequiredNames<F>] extends [never] ? [init?: StructInit<F>] : [init: StructInit<F>];

declare const fieldsOf: unique symbol;
/** What an object's fields are known by: to compare whole handles would lead TypeScript round in circles. */
interface WithFields<F> {
  readonly [fieldsOf]: F;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- whatever their items are; and as JSON.parse, what is not known is anything */
/** Steps that a path can take from a value. */
export type StepFrom<V> =
  V extends WithFields<infer F>
    ? keyof F & string
    : V extends SequenceHandle<any>
      ? number
      : V extends DictHandle<infer K, any>
        ? K
        : V extends Handle
          ? Handle extends V
            ? PathStep
            : never
          : never;

/** What is there: the rest is empty if the value is, and of what is not known anything can come. */
export type AtStep<V, S> =
  V extends WithFields<infer F>
    ? S extends keyof F
      ? FieldValue<F[S]>
      : never
    : V extends SequenceHandle<infer T>
      ? T
      : V extends DictHandle<any, infer T>
        ? T | undefined
        : V extends null | undefined
          ? V
          : any;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The host's side of a struct, as its handles need it. */
interface FieldAccess {
  isEmpty(handle: Handle, field: string): boolean;
  read(handle: Handle, field: string): unknown;
  write(handle: Handle, field: string, value: unknown): void;
}

/** Not a private member: that would have to be put on each handle, which adds a fifth to what it costs. */
function accessOf(handle: Handle): FieldAccess {
  // Only structs make these handles.
  return handle.store.typeAt(handle.address) as unknown as FieldAccess;
}

/** Handle of an object of a struct type; its fields are properties of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever its fields are
export class StructHandle<F = any> extends Handle implements WithFields<F> {
  /** For types alone: it has no value. */
  declare readonly [fieldsOf]: F;

  /**
   * Field by name; as the property of that name.
   *
   * @example
   * alice.get("title"); // "Alice", as alice.title
   *
   * @throws {@link BadFieldError}
   */
  get<K extends keyof F & string>(field: K): FieldValue<F[K]> {
    return accessOf(this).read(this, field) as FieldValue<F[K]>;
  }

  /**
   * Sets a field by name; as the property of that name. To TypeScript, a `"value"` takes arrays and objects only here and
   * in `new`, since a property takes what it gives.
   *
   * @example
   * const Cell = heap.struct("Cell", { content: "value" });
   * using cell = Cell.new({ content: [1, 2] }); // a list
   * cell.set("content", { a: 1 }); // a dict
   *
   * @throws {@link BadFieldError}, {@link BadValueError}
   */
  set<K extends keyof F & string>(field: K, value: FieldInit<F[K]>): void {
    accessOf(this).write(this, field, value);
  }

  /**
   * Whether a field is empty: a reference to nothing, None, or a weak one whose object is dead. Where reading the field would
   * make a handle to be released, this makes none.
   *
   * @example
   * alice.isNull("buddy"); // true
   * bob.isNull("buddy"); // false; `bob.buddy === null` would make a handle
   *
   * @throws {@link BadFieldError}
   */
  isNull(field: keyof F & string): boolean {
    return accessOf(this).isEmpty(this, field);
  }

  /**
   * Whether a field holds something: the opposite of `isNull`. Numbers and booleans always do.
   *
   * @example
   * bob.has("buddy"); // true
   * alice.has("buddy"); // false
   *
   * @throws {@link BadFieldError}
   */
  has(field: keyof F & string): boolean {
    return !this.isNull(field);
  }

  /**
   * Goes down a path and reads what is at its end, without a handle for each step: `alice.read("buddy", "title")`.
   * Steps are fields, indexes of lists and tuples, and keys of dicts. Up to three steps are checked by TypeScript, as far
   * as the types of the fields tell; for others say what is read: `alice.read<number>("orders", 0, "lines", 1, "price")`.
   *
   * @example
   * bob.read("buddy", "title"); // "Alice"
   * alice.read("buddy", "title"); // null: Alice has no buddy
   *
   * @returns A value, or a new handle; `null` if a reference on the way is empty, `undefined` if a key is not there.
   * @throws {@link BadFieldError}, {@link BadIndexError}
   */
  read<A extends keyof F & string>(field: A): FieldValue<F[A]>;
  read<A extends keyof F & string, B extends StepFrom<FieldValue<F[A]>>>(
    field: A,
    step: B,
  ): AtStep<FieldValue<F[A]>, B>;
  read<
    A extends keyof F & string,
    B extends StepFrom<FieldValue<F[A]>>,
    C extends StepFrom<AtStep<FieldValue<F[A]>, B>>,
  >(field: A, step: B, next: C): AtStep<AtStep<FieldValue<F[A]>, B>, C>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  read(field: keyof F & string, step: PathStep, next: PathStep, last: PathStep, ...more: PathStep[]): any;
  read<T = never>(
    ...path: [T] extends [never] ? [unless: never] : [field: keyof F & string, ...steps: PathStep[]]
  ): NoInfer<T>;
  read(...path: readonly PathStep[]): unknown {
    return readPath(this, path);
  }
}
