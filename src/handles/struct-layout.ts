import { pin, unpin } from "../base/pins.js";
import { FIRST_USER_TYPE, MAX_TYPES, TYPE_HAS_FINALIZER } from "../../assembly/layout.js";
import { isMarking, markMembers } from "../base/entered.js";
import { readProperties } from "../base/arguments.js";
import {
  BadFieldError,
  BadValueError,
  DuplicateTypeError,
  ForeignTypeError,
  TooManyTypesError,
  TypeMismatchError,
  describe,
} from "../base/errors.js";
import { placeFields, unknownField } from "../object/field-layout.js";
import type { FieldLayout } from "../object/field-layout.js";
import { LazySpec } from "../object/field-types.js";
import type { FieldEntry } from "../object/field-types.js";
import { checkAtOnce } from "../state/unraisable.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import type { HandleType } from "./adopt.js";
import { sideOf } from "./field-types.js";
import type { Handle } from "./handle.js";
import { addressIn } from "./handle.js";
import type { Member } from "./mixin.js";
import { Slots } from "./slots.js";
import { RESERVED_NAMES, makeStructClass } from "./struct-class.js";
import { StructHandle } from "./struct-handle.js";

/** What a struct is made of. */
export interface StructDefinition {
  name: string;
  /** Its own fields. */
  fields: readonly FieldEntry[];
  finalize?: ((handle: Handle) => void) | undefined;
  base?: StructLayout | undefined;
  /** What the handles get besides. */
  members: readonly Member[];
  /** The type is in the heap already, which was restored; nobody has defined it yet. */
  restored?: { id: number; hasFinalizer: boolean };
}

/** All there is to know of a struct type: the host's side of it. */
export class StructLayout implements HandleType<Handle> {
  readonly isWeakrefable = true;
  readonly id: number;
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldLayout>;
  readonly finalize: ((handle: Handle) => void) | undefined;
  /** Whether the core asks for a finalizer when an object dies; in a restored heap it may be lost. */
  readonly hasFinalizer: boolean;
  readonly base: StructLayout | undefined;
  /** References, and bytes of payload. */
  readonly slots: number;
  readonly bytes: number;
  readonly #class: typeof StructHandle;
  readonly #slots: Slots;
  /** Fields that must be given; known once all getters among the types have been asked, when the first object is made. */
  #required: readonly FieldLayout[] | undefined;

  /** Adds the type to a heap, or takes over one that came with the heap's image. */
  constructor(
    readonly store: Store,
    { name, fields, finalize, base, members, restored }: StructDefinition,
  ) {
    if (typeof name !== "string" || name === "")
      throw new BadValueError(`the name of a struct must be a string, not ${describe(name)}`);
    // An image has been found to have no name twice.
    const known = restored === undefined ? store.types.named(name) : undefined;
    if (known !== undefined && !store.unclaimed.has(known.id))
      throw new DuplicateTypeError(`this heap has a type ${describe(name)} already`);
    if (finalize !== undefined && typeof finalize !== "function")
      throw new BadValueError("a finalizer must be a function");
    checkAtOnce(finalize, "finalizer");
    this.name = name;
    this.base = base;
    this.finalize = finalize ?? base?.finalize;
    const { layouts, slots, bytes } = placeFields(fields, base?.fields ?? new Map(), RESERVED_NAMES);
    this.fields = layouts;
    this.slots = slots;
    this.bytes = bytes;
    this.#slots = new Slots(store, name, (struct) => layoutIn(store, struct));
    this.#class = makeStructClass(this, base === undefined ? StructHandle : base.#class, members);
    if (isMarking) this.markFields();
    const present = restored ?? (known as StructLayout | undefined);
    this.hasFinalizer = present?.hasFinalizer ?? this.finalize !== undefined;
    if (known !== undefined) this.#mustAgree(known as StructLayout);
    this.id = present?.id ?? this.#define();
    store.types.set(this);
    if (known !== undefined) store.unclaimed.delete(this.id);
  }

  /** Adds the type to the core. Its id. @throws {@link TooManyTypesError}, {@link OutOfMemoryError} */
  #define(): number {
    const { store, bytes, slots } = this;
    if (store.types.isFull)
      throw new TooManyTypesError(`a heap has at most ${MAX_TYPES - FIRST_USER_TYPE} types, and keeps them for good`);
    const flags = this.hasFinalizer ? TYPE_HAS_FINALIZER : 0;
    return store.require(() => store.core.defineType(bytes, slots, flags), "another type");
  }

  /** @throws {@link TypeMismatchError} unless objects of the type that came with the image are what this one says. */
  #mustAgree(known: StructLayout): void {
    const disagrees = (): never => {
      throw new TypeMismatchError(`${describe(this.name)} has other fields, or another base, in the heap's image`);
    };
    const theirs = [...known.fields.values()];
    if (this.base?.name !== known.base?.name || this.fields.size !== theirs.length) disagrees();
    for (const [index, mine] of [...this.fields.values()].entries()) {
      const their = theirs[index];
      if (their === undefined || their.name !== mine.name || their.slot !== mine.slot) disagrees();
      // What a getter says, it says later.
      else if (mine.source instanceof LazySpec) mine.source.expect(their.text);
      else if (mine.text !== their.text) disagrees();
    }
    if (this.finalize !== undefined && !known.hasFinalizer)
      throw new TypeMismatchError(`${describe(this.name)} has no finalizer in the heap's image`);
  }

  isOrExtends(other: StructLayout): boolean {
    // By id: a base may have been defined after what came with an image as its extension.
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the start of a chain
    for (let layout: StructLayout | undefined = this; layout !== undefined; layout = layout.base) {
      if (layout.id === other.id) return true;
    }
    return false;
  }

  /** Whether the object at an address is of this type, or of one that extends it. */
  has(address: Address): boolean {
    const info = this.store.typeAt(address);
    return info instanceof StructLayout && info.isOrExtends(this);
  }

  /** Layout of the object at an address. @throws {@link BadFieldError} if it has no fields. */
  static at(store: Store, address: Address): StructLayout {
    const info = store.typeAt(address);
    if (!(info instanceof StructLayout)) throw new BadFieldError(`an object of type ${info.name} has no fields`);
    return info;
  }

  /** Makes entrances of the fields: see `base/entered.ts`. */
  markFields(): void {
    markMembers(this.#class.prototype, this.fields.keys());
  }

  wrap(store: Store, address: Address, lent: boolean): Handle {
    return new this.#class(store, address, lent);
  }

  #field(name: string): FieldLayout {
    const field = this.fields.get(name);
    if (field === undefined) throw unknownField(this.name, name, this.fields.keys());
    return field;
  }

  /** Slot of a reference field. */
  slotOf(name: string): number {
    const { slot } = this.#field(name);
    if (slot < 0) throw new BadFieldError(`${this.name}.${name} is no reference`);
    return slot;
  }

  read(handle: Handle, name: string): unknown {
    return this.readField(handle, this.#field(name));
  }

  isEmpty(handle: Handle, name: string): boolean {
    const { type, codec, offset } = this.#field(name);
    const at = handle.address + offset;
    if (codec !== undefined) return false;
    const target = this.store.memory.word(at);
    return target === 0 || this.#slots.isEmpty(name, type, target);
  }

  write(handle: Handle, name: string, value: unknown): void {
    this.writeField(handle, this.#field(name), value);
  }

  /** `handle` is of an object of exactly this type. */
  readField(handle: Handle, field: FieldLayout): unknown {
    const { memory } = this.store;
    // First: if it is a getter that has not been asked yet, it may do anything to the heap.
    const { type, codec } = field;
    const at = handle.address + field.offset;
    if (codec !== undefined) return codec.read(memory, at);
    const target = memory.word(at);
    return target === 0 ? null : this.#slots.read(field, type, target);
  }

  #check(field: FieldLayout, value: unknown): void {
    try {
      if (field.codec !== undefined) field.codec.check(value);
      else this.#slots.check(field, value);
    } catch (error) {
      if (error instanceof BadValueError) throw new BadValueError(`${this.name}.${field.name}: ${error.message}`);
      throw error;
    }
  }

  writeField(handle: Handle, field: FieldLayout, value: unknown): void {
    const { store } = this;
    addressIn(store, handle);
    this.#check(field, value);
    if (field.codec !== undefined) {
      field.codec.write(store.memory, handle.address + field.offset, value as never);
      return;
    }
    const target = this.#slots.owned(field, value);
    // Making room may have run a finalizer that released this handle.
    try {
      store.core.setRef(handle.address, field.slot, target);
    } finally {
      if (target !== 0) store.core.decref(target);
    }
  }

  /** A new object, owned. */
  #alloc(): Address {
    const { store } = this;
    const address = store.core.alloc(this.id) >>> 0;
    return address !== 0 ? address : store.require(() => store.core.alloc(this.id), `an object of type ${this.name}`);
  }

  /** Fields that must be given. @throws {@link BadFieldError} if the getter of a type throws. */
  get required(): readonly FieldLayout[] {
    return (this.#required ??= [...this.fields.values()].filter(({ source }) => source?.spec.isRequired === true));
  }

  createEmpty(): Handle {
    if (this.required.length > 0) return this.create({});
    return this.wrap(this.store, this.#alloc(), false);
  }

  create(init: Readonly<Record<string, unknown>>): Handle {
    const { store } = this;
    const given: [FieldLayout, unknown][] = [];
    for (const [name, value] of readProperties(init, "fields")) {
      if (value === undefined) continue;
      const field = this.#field(name);
      this.#check(field, value);
      given.push([field, value]);
    }
    for (const field of this.required) if (!given.some(([one]) => one === field)) this.#check(field, undefined);
    // References are owned before the object exists: from then on nothing can fail.
    const owned: [FieldLayout, Address][] = [];
    pin();
    try {
      for (const [field, value] of given) {
        if (field.codec !== undefined) continue;
        const target = this.#slots.owned(field, value);
        if (target !== 0) owned.push([field, target]);
      }
      const address = this.#alloc();
      for (const [field, target] of owned) store.core.setRef(address, field.slot, target);
      for (const [field, value] of given) field.codec?.write(store.memory, address + field.offset, value as never);
      return this.wrap(store, address, false);
    } finally {
      unpin();
      for (const [, target] of owned) store.core.decref(target);
    }
  }
}

/**
 * The host's side of a struct that somebody passed in.
 *
 * @throws {@link BadValueError} if it is none, {@link ForeignTypeError} if it is another heap's.
 */
export function layoutIn(store: Store, struct: unknown): StructLayout {
  const layout = sideOf(struct) as StructLayout | undefined;
  if (layout === undefined) throw new BadValueError(`expected a struct, got ${describe(struct)}`);
  if (layout.store !== store) throw new ForeignTypeError(`${layout.name} is a type of another heap`);
  return layout;
}
