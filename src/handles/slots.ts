import { TYPE_NONE, TYPE_WEAKREF } from "../../assembly/layout.js";
import { BadValueError, describe } from "../base/errors.js";
import type { FieldLayout } from "../object/field-layout.js";
import type { FieldType } from "../object/fields.js";
import type { FieldSpec } from "../object/field-types.js";
import type { TypeInfo } from "../object/reader.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { share } from "./adopt.js";
import { addressIn, isHandle } from "./handle.js";
import type { Handle } from "./handle.js";
import { borrowedValue, checkValue, checkWellFormed, ownedValue } from "./values.js";
import { referentOf, weakrefableIn } from "./weak/weakref.js";

/** A struct, as far as it says which objects a field takes. */
interface Target extends TypeInfo {
  isOrExtends(other: TypeInfo): boolean;
}

/** What the reference fields of a struct read, take and refuse. */
export class Slots {
  readonly #store: Store;
  readonly #layoutIn: (struct: unknown) => TypeInfo;
  /** By what the type says: the struct whose objects it takes. */
  readonly #targets = new Map<FieldSpec, TypeInfo | undefined>();

  constructor(
    store: Store,
    readonly struct: string,
    layoutIn: (struct: unknown) => TypeInfo,
  ) {
    this.#store = store;
    this.#layoutIn = layoutIn;
  }

  /** What a field reads that is not empty. `type` is the field's: to ask for it may run a getter, and so has to come before. */
  read(field: FieldLayout, type: FieldType, target: Address): unknown {
    const store = this.#store;
    if (type === "ref") return share<Handle>(store, target);
    if (type !== "weak") return borrowedValue(store, target);
    const object = referentOf(store, mustBeWeak(store, target, this.struct, field.name));
    return object === 0 ? null : share<Handle>(store, object);
  }

  /** Whether what a field refers to stands for nothing. `type` as for `read`. */
  isEmpty(field: string, type: FieldType, target: Address): boolean {
    const store = this.#store;
    if (type === "weak") return referentOf(store, mustBeWeak(store, target, this.struct, field)) === 0;
    return type !== "ref" && store.typeIdAt(target) === TYPE_NONE;
  }

  /** @throws {@link BadValueError}, {@link ForeignHandleError}, {@link ForeignTypeError} */
  check(field: FieldLayout, value: unknown): void {
    const store = this.#store;
    const spec = field.source?.spec as FieldSpec;
    if (value === null && !spec.isRequired) return;
    switch (spec.kind) {
      case "value":
        checkValue(store, value);
        return;
      case "str":
        if (typeof value !== "string")
          throw new BadValueError(`expected a string${spec.isRequired ? "" : " or null"}, got ${describe(value)}`);
        checkWellFormed(value);
        return;
      default: {
        if (spec.kind === "ref" && !isHandle(value)) {
          const isAny = spec.targetName === undefined && value !== undefined;
          const cure = isAny ? '; a field of type "value" takes other values, too' : "";
          throw new BadValueError(
            `expected a handle${spec.isRequired ? "" : " or null"}, got ${describe(value)}${cure}`,
          );
        }
        const address = spec.kind === "weak" ? weakrefableIn(store, value) : addressIn(store, value);
        const target = this.#targetOf(spec);
        if (target === undefined) return;
        const info = store.typeAt(address);
        if (info.id !== target.id && (info.fields === undefined || !(info as Target).isOrExtends(target)))
          throw new BadValueError(`expected an object of ${target.name}, got one of ${info.name}`);
      }
    }
  }

  /** Of a restored heap whose struct is not defined yet, only the name is known; and perhaps no such type. */
  #targetOf(spec: FieldSpec): TypeInfo | undefined {
    if (spec.targetName === undefined) return undefined;
    let target = this.#targets.get(spec);
    if (target === undefined) {
      target = spec.target === undefined ? this.#store.types.named(spec.targetName) : this.#layoutIn(spec.target);
      this.#targets.set(spec, target);
    }
    return target;
  }

  /** Reference to store for a value that has been checked, with one count for the caller; 0 = none. */
  owned(field: FieldLayout, value: unknown): Address {
    const store = this.#store;
    if (value === null) return 0;
    if (field.type !== "weak") return ownedValue(store, value);
    // Asked for anew after a collection, which may have released it.
    return store.require(() => store.core.newWeakref(addressIn(store, value), 0), "a weak reference");
  }
}

/** Raw addresses, or an image of strangers, can have put anything there. */
export function mustBeWeak(store: Store, address: Address, struct: string, field: string): Address {
  if (store.typeIdAt(address) === TYPE_WEAKREF) return address;
  throw new BadValueError(`${struct}.${field} holds no weak reference, but an object of ${store.typeAt(address).name}`);
}
