import { BadFieldError, BadValueError, describe } from "../base/errors.js";
import type { FieldLayout } from "../object/field-layout.js";
import type { Store } from "../state/store.js";
import { Handle, addressIn } from "./handle.js";
import type { Member } from "./mixin.js";
import { StructHandle } from "./struct-handle.js";

/** A struct, as the class of its handles needs it. */
interface Struct {
  readonly store: Store;
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldLayout>;
  readField(handle: Handle, field: FieldLayout): unknown;
  writeField(handle: Handle, field: FieldLayout, value: unknown): void;
}

/** Names that a field may not have: a handle's own, and those that JavaScript gives a meaning. */
export const RESERVED_NAMES: ReadonlySet<PropertyKey> = new Set<PropertyKey>([
  "then",
  "store",
  "[[handle]]",
  ...[StructHandle, Handle, Object].flatMap((constructor) => Reflect.ownKeys(constructor.prototype as object)),
]);

/** The class of a struct's handles: a property for each field, and what is mixed in. @throws {@link BadFieldError} */
export function makeStructClass(
  struct: Struct,
  base: typeof StructHandle,
  members: readonly Member[],
): typeof StructHandle {
  const handleClass = { [struct.name]: class extends base {} }[struct.name] as typeof StructHandle;
  const { prototype } = handleClass;
  for (const [name, member] of members) {
    if (struct.fields.has(name as string) || RESERVED_NAMES.has(name))
      throw new BadFieldError(
        `${struct.name} cannot have a method called ${typeof name === "symbol" ? String(name) : describe(name)}`,
      );
    Object.defineProperty(prototype, name, { ...member, enumerable: false });
  }
  // An accessor can be taken from its class, and called on anything.
  const isOwn = (handle: unknown): handle is StructHandle =>
    typeof handle === "object" && handle !== null && Object.getPrototypeOf(handle) === prototype;
  for (const field of struct.fields.values()) {
    Object.defineProperty(prototype, field.name, {
      enumerable: true,
      configurable: true,
      get(this: unknown) {
        if (!isOwn(this)) throw refusal(struct, this);
        return struct.readField(this, field);
      },
      set(this: unknown, value: unknown) {
        if (!isOwn(this)) throw refusal(struct, this);
        struct.writeField(this, field, value);
      },
    });
  }
  return handleClass;
}

/** What to throw for what is no object of exactly this type. @throws {@link BadValueError}, {@link ForeignHandleError} */
function refusal({ store, name }: Struct, stranger: unknown): BadValueError {
  return new BadValueError(
    `expected an object of ${name}, got one of ${store.typeAt(addressIn(store, stranger)).name}`,
  );
}
