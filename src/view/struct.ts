import type { DictHandle } from "../handles/containers/dict.js";
import type { FrozensetHandle } from "../handles/containers/frozenset.js";
import type { ListHandle } from "../handles/containers/list.js";
import type { SetHandle } from "../handles/containers/set.js";
import type { TupleHandle } from "../handles/containers/tuple.js";
import type { AnyStruct, RefField, Shaped, WeakField } from "../handles/field-types.js";
import type { Handle } from "../handles/handle.js";
import type { FieldValue, StructHandle } from "../handles/struct-handle.js";
import type { BytesHandle, StrHandle } from "../handles/text.js";
import type { WeakKeyMapHandle, WeakSetHandle } from "../handles/weak/maps.js";
import type { WeakrefHandle } from "../handles/weak/weakref.js";
import type { Atom } from "../object/atoms.js";
import { TYPE_NONE } from "../../assembly/layout.js";
import { BadValueError } from "../base/errors.js";
import { fieldNamed, readField, targetOf } from "./field.js";
import type { Struct } from "./meta.js";
import { NodeView } from "./node.js";
import type { ViewValue } from "./node.js";
import type { DictView } from "./dict.js";
import { ADDRESS, AT, SOURCE, isRef } from "./ref.js";
import { readPath } from "./path.js";
import type { ListView, SequenceView, TupleView } from "./sequence.js";
import type { SetView } from "./set.js";
import type { WeakKeyMapView, WeakSetView, WeakrefView } from "./weak.js";

/** A view of an object of a struct: its fields are properties of it, which can be read. */
export type StructObjectView<F> = StructView<F> & { readonly [K in keyof F]: FieldView<F[K]> };

/** What a field of a type reads as in a view. */
export type FieldView<T> =
  T extends RefField<infer S, infer R>
    ? ViewOfStruct<S> | (R extends true ? never : null)
    : T extends WeakField<infer S>
      ? ViewOfStruct<S> | null
      : View<FieldValue<T>>;

type ViewOfStruct<S> = S extends Shaped<infer F, unknown> ? StructObjectView<F> : never;

/* eslint-disable @typescript-eslint/no-explicit-any -- whatever their items are */
/**
 * The view of what a heap has, by its type: of a struct (`View<typeof Person>`), of a handle (`View<ListHandle<string>>`), or of
 * what was copied into the heap (`View<{ price: number }[]>`). Texts, numbers and the like are themselves.
 */
export type View<T> = 0 extends 1 & T
  ? any
  : T extends StructHandle<infer F>
    ? StructObjectView<F>
    : T extends Handle
      ? ViewOfHandle<T>
      : T extends AnyStruct
        ? ViewOfStruct<T>
        : T extends Atom | NodeView | undefined
          ? T
          : ViewOfPlain<T>;

/** The view of what is copied into a heap, as by `heap.from`. */
type ViewOfPlain<T> = T extends readonly (infer I)[]
  ? ListView<View<I>>
  : T extends ReadonlyMap<infer K, infer V>
    ? DictView<View<K>, View<V>>
    : T extends ReadonlySet<infer E>
      ? SetView<View<E>>
      : T extends object
        ? DictView<keyof T & string, View<T[keyof T]>>
        : ViewValue;

type ViewOfHandle<T extends Handle> = Handle extends T
  ? ViewValue
  : T extends ListHandle<infer I>
    ? ListView<View<I>>
    : T extends TupleHandle<infer I>
      ? TupleView<{ readonly [K in keyof I]: View<I[K]> }>
      : T extends DictHandle<infer K, infer V>
        ? DictView<View<K>, View<V>>
        : T extends SetHandle<infer E> | FrozensetHandle<infer E>
          ? SetView<View<E>>
          : T extends WeakrefHandle<infer R>
            ? WeakrefView<View<R>>
            : T extends WeakKeyMapHandle<infer K, infer V>
              ? WeakKeyMapView<View<K>, View<V>>
              : T extends WeakSetHandle<infer E>
                ? WeakSetView<View<E>>
                : T extends StrHandle
                  ? string
                  : T extends BytesHandle
                    ? Uint8Array
                    : ViewValue;

declare const fieldsOf: unique symbol;
/** What an object's fields are known by: to compare whole views would lead TypeScript round in circles. */
interface WithFields<F> {
  /** For types alone: it has no value. */
  readonly [fieldsOf]: F;
}

/** Steps that a path can take from a value of a view. */
export type ViewStepFrom<V> =
  V extends WithFields<infer F>
    ? keyof F & string
    : V extends SequenceView<any>
      ? number
      : V extends DictView<infer K, any>
        ? K
        : V extends NodeView
          ? NodeView extends V
            ? ViewValue
            : never
          : never;

/** What is there: the rest is empty if the value is, and of what is not known anything can come. */
export type AtViewStep<V, S> =
  V extends WithFields<infer F>
    ? S extends keyof F
      ? FieldView<F[S]>
      : never
    : V extends SequenceView<infer T>
      ? T
      : V extends DictView<any, infer T>
        ? T | undefined
        : V extends null | undefined
          ? V
          : any;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The struct of a view, which lies on the prototype of its class. */
export const STRUCT = "[[struct]]";

/** View of an object of a struct; its fields are properties of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever its fields are
export abstract class StructView<F = any> extends NodeView implements WithFields<F> {
  /** For types alone: it has no value. */
  declare readonly [fieldsOf]: F;
  /** @internal */
  declare readonly [STRUCT]: Struct;

  /** Name of the struct. */
  override get type(): string {
    return this[STRUCT].name;
  }

  /**
   * Field by name; as the property of that name.
   *
   * @example
   * heap.roots.set("alice", alice);
   * const view = openView(save(heap)).roots.get<typeof Person>("alice");
   * view?.get("title"); // "Alice", as view.title
   *
   * @throws {@link BadFieldError}
   */
  get<K extends keyof F & string>(field: K): FieldView<F[K]> {
    return readField(this[SOURCE], this[AT], fieldNamed(this[STRUCT], field)) as FieldView<F[K]>;
  }

  /**
   * Whether a field is empty: a reference to nothing, None, or a weak one whose object is dead.
   *
   * @example
   * heap.roots.set("alice", alice);
   * openView(save(heap)).roots.get<typeof Person>("alice")?.isNull("buddy"); // true
   *
   * @throws {@link BadFieldError}
   */
  isNull(field: keyof F & string): boolean {
    const source = this[SOURCE];
    const found = fieldNamed(this[STRUCT], field);
    if (found.raw !== undefined) return false;
    const target = targetOf(source, this[AT], found);
    return target === 0 || (!found.type.startsWith("ref") && source.typeAt(source.at(target)) === TYPE_NONE);
  }

  /**
   * Whether a field holds something: the opposite of `isNull`.
   *
   * @example
   * heap.roots.set("bob", bob);
   * openView(save(heap)).roots.get<typeof Person>("bob")?.has("buddy"); // true
   *
   * @throws {@link BadFieldError}
   */
  has(field: keyof F & string): boolean {
    return !this.isNull(field);
  }

  /**
   * Goes down a path and reads what is at its end, without a view for each step: as `read` of a handle. Up to three steps are
   * checked by TypeScript, as far as the types of the fields tell.
   *
   * @example
   * heap.roots.set("bob", bob);
   * openView(save(heap)).roots.get<typeof Person>("bob")?.read("buddy", "title"); // "Alice"
   *
   * @returns A value; `null` if a reference on the way is empty, `undefined` if a key is not there.
   * @throws {@link BadFieldError}, {@link BadIndexError}, {@link BadKeyError}; {@link BadImageError}
   */
  read<A extends keyof F & string>(field: A): FieldView<F[A]>;
  read<A extends keyof F & string, B extends ViewStepFrom<FieldView<F[A]>>>(
    field: A,
    step: B,
  ): AtViewStep<FieldView<F[A]>, B>;
  read<
    A extends keyof F & string,
    B extends ViewStepFrom<FieldView<F[A]>>,
    const C extends ViewStepFrom<AtViewStep<FieldView<F[A]>, B>>,
  >(field: A, step: B, next: C): AtViewStep<AtViewStep<FieldView<F[A]>, B>, C>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  read(field: keyof F & string, step: ViewValue, next: ViewValue, last: ViewValue, ...more: ViewValue[]): any;
  read<T = never>(
    ...path: [T] extends [never] ? [unless: never] : [field: keyof F & string, ...steps: ViewValue[]]
  ): NoInfer<T>;
  read(...path: readonly unknown[]): unknown {
    return readPath(this[SOURCE], this[ADDRESS], path);
  }
}

/** The class of the views of a struct: a property for each field that has the name of no other member. */
export function structClass(struct: Struct): typeof StructView {
  const made = { [struct.name]: class extends StructView {} }[struct.name] as typeof StructView;
  const { prototype } = made;
  Object.defineProperty(prototype, STRUCT, { value: struct });
  for (const [name, field] of struct.fields) {
    // What is called `then` would be taken for a promise.
    if (name in prototype || name === "then") continue;
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: unknown) {
        // An accessor can be taken from its class, and called on anything.
        if (!isRef(this) || Object.getPrototypeOf(this) !== prototype)
          throw new BadValueError(`expected a view of an object of ${struct.name}`);
        return readField(this[SOURCE], this[AT], field);
      },
    });
  }
  return made;
}
