import { BadFieldError, describe } from "../base/errors.js";
import { FieldSpec } from "../object/field-types.js";
import { isSlotType } from "../object/fields.js";

/** For types alone: no value has it. */
export declare const shape: unique symbol;
declare const isOf: unique symbol;

/** What a struct is to a type: its fields and its members. */
export interface Shaped<F, M> {
  /** For types alone: it has no value. */
  readonly [shape]: { readonly fields: F; readonly members: M };
}
/** Any struct. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever its fields are
export type AnyStruct = Shaped<any, any>;

/** Tells objects of two structs apart whose fields are the same. Those of a struct that extends another are of both. */
export interface Named<N extends string> {
  /** For types alone: it has no value. */
  readonly [isOf]: { readonly [K in N]: true };
}

/** A field for an object of a struct, as {@link ref} makes it. */
export interface RefField<S, R extends boolean = false> {
  /** Tells a reference from the other types of fields. */
  readonly kind: "ref";
  /** The struct whose objects the field takes. */
  readonly target: S;
  /** Whether the field must be given to `new`. */
  readonly isRequired: R;
}
/** A field that does not keep its object alive, as {@link weak} makes it. */
export interface WeakField<S> {
  /** Tells a weak reference from the other types of fields. */
  readonly kind: "weak";
  /** The struct whose objects the field takes. */
  readonly target: S;
  /** A weak field cannot be required: its object may be freed at any time. */
  readonly isRequired: false;
}
/** A field that must be given and is never `null`, as {@link required} makes it of `"str"` and `"ref"`. */
export interface RequiredField<T extends "str" | "ref"> {
  /** The type of the values: `"str"`, or `"ref"` for any object. */
  readonly kind: T;
  /** The field is not bound to a struct. */
  readonly target: undefined;
  /** The field must be given to `new`. */
  readonly isRequired: true;
}

/**
 * Type of a field that holds an object of a struct, or of one that extends it; or nothing.
 *
 * @example
 * const Node = heap.struct("Node", {
 *   value: "f64",
 *   get next() { return ref(Node); }, // a getter, because Node is not defined yet
 * });
 *
 * @throws {@link BadFieldError} for what is no struct.
 */
export function ref<S extends AnyStruct>(struct: S): RefField<S> {
  return specOf("ref", struct) as unknown as RefField<S>;
}

/**
 * Type of a field that does not keep its object alive: it takes a handle, and reads a new handle, or `null` once the
 * object is dead. In the heap it is a weak reference, as `heap.weakref.ref(object)` gives: that is what
 * `heap.gc.getReferents` and `heap.batch` see, and `toJS` reads `null`.
 *
 * @example
 * const Visit = heap.struct("Visit", { visitor: weak(Person) });
 * using visit = Visit.new({ visitor: alice });
 * alice.release();
 * bob.buddy = null; // the last reference to Alice
 * visit.visitor; // null
 *
 * @throws {@link BadFieldError} for what is no struct.
 */
export function weak<S extends AnyStruct>(struct: S): WeakField<S> {
  return specOf("weak", struct) as unknown as WeakField<S>;
}

/**
 * A `"str"`, `"ref"` or `ref(…)` that must be given to `new`, and that is never `null`. (Fields whose type is a string
 * alone begin empty, because objects can be made without values: by `heap.batch.create`, and as memory.)
 *
 * @example
 * const Letter = heap.struct("Letter", { text: required("str"), to: required(ref(Person)) });
 * using letter = Letter.new({ text: "Hello", to: alice });
 * letter.text; // "Hello"
 *
 * @throws {@link BadFieldError} for any other type.
 */
export function required<S>(type: RefField<S>): RefField<S, true>;
export function required<T extends "str" | "ref">(type: T): RequiredField<T>;
export function required(type: unknown): unknown {
  const spec = FieldSpec.is(type) ? type : isSlotType(type) ? new FieldSpec(type) : undefined;
  if (spec === undefined || (spec.kind !== "str" && spec.kind !== "ref"))
    throw new BadFieldError(
      `"str", "ref" and ref() can be required, not ${spec === undefined ? describe(type) : `"${spec.kind}"`}`,
    );
  return new FieldSpec(spec.kind, true, spec.target, spec.targetName);
}

function specOf(kind: "ref" | "weak", struct: unknown): FieldSpec {
  const side = sideOf(struct);
  if (side === undefined)
    throw new BadFieldError(
      `${kind}() takes a struct, not ${describe(struct)}; one that is defined later needs a getter: get field() { return ${kind}(Struct); }`,
    );
  return new FieldSpec(kind, false, struct as object, side.name);
}

/** The host's side of each struct. */
const STRUCTS = new WeakMap<object, { readonly name: string }>();

/** Lets a struct be known for one. */
export function knowStruct(struct: object, side: { readonly name: string }): void {
  STRUCTS.set(struct, side);
}

/** The host's side of a struct; `undefined` for what is none. */
export function sideOf(struct: unknown): { readonly name: string } | undefined {
  return typeof struct === "object" && struct !== null ? STRUCTS.get(struct) : undefined;
}
