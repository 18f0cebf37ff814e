import { ORIGIN_BARE_OBJECT } from "../../assembly/layout.js";
import { BadImageError, BadValueError, describe } from "../base/errors.js";
import { DictView } from "./dict.js";
import type { NodeView } from "./node.js";
import { ADDRESS, AT, SOURCE, isRef } from "./ref.js";
import { SequenceView } from "./sequence.js";
import { STRUCT, StructView } from "./struct.js";
import { originOf } from "./to-js.js";

/**
 * A view as what looks like plain JavaScript: `config.servers[0].port`, `for … in`, spread and `JSON.stringify` work. Dicts that
 * `toJS` makes an object, and structs, look like objects, lists and tuples like arrays. Other dicts, sets and weak references stay
 * views: these have the members of `Map` and `Set`. Nothing can be changed. Parts of one object are one for `===`.
 *
 * It is a `Proxy`, and has its price: a look-up takes about 6 times as long as with `read` or `get`, and going through all
 * some 40 times. Use it where code wants plain objects, and for small parts.
 *
 * @example
 * using config = heap.from({ servers: [{ port: 8080 }] });
 * heap.roots.set("config", config);
 * const plain = asObject(openView(save(heap)).read("config"));
 * plain.servers[0].port; // 8080
 *
 * @throws {@link BadValueError} for what is no view of an object.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
export function asObject(view: NodeView): any {
  if (!isRef(view)) throw new BadValueError(`expected a view of an object, got ${describe(view)}`);
  return new Disguise().of(view);
}

/** Proxies are kept at least up to so many. */
const LEAST = 1024;

/** The proxies of one call: one for each object, as long as the program holds it. */
class Disguise {
  readonly #made = new Map<number, WeakRef<object>>();
  #limit = LEAST;

  /** What stands for a value. */
  of(value: unknown): unknown {
    if (!isRef(value)) return value;
    const address = value[ADDRESS];
    const known = this.#made.get(address)?.deref();
    if (known !== undefined) return known;
    const made = this.#look(value as NodeView);
    this.#keep(address, made);
    return made;
  }

  #look(node: NodeView): object {
    if (node instanceof SequenceView) return new Proxy([], new ArrayLook(node, this));
    if (node instanceof StructView) {
      const { fields } = node[STRUCT];
      const read = (name: string): unknown => (fields.has(name) ? node.get(name) : undefined);
      return new Proxy({}, new ObjectLook(read, () => fields.keys(), this));
    }
    const origin = node instanceof DictView ? originOf(node[SOURCE], node[AT]) : undefined;
    if (origin === undefined) return node;
    const dict = node as DictView;
    const target = origin === ORIGIN_BARE_OBJECT ? (Object.create(null) as object) : {};
    const names = (): Iterable<unknown> => dict.keys();
    return new Proxy(target, new ObjectLook((name) => dict.get(name), names, this));
  }

  #keep(address: number, made: object): void {
    if (this.#made.size >= this.#limit) {
      for (const [one, ref] of this.#made) if (ref.deref() === undefined) this.#made.delete(one);
      this.#limit = Math.max(LEAST, 2 * this.#made.size);
    }
    this.#made.set(address, new WeakRef(made));
  }
}

/** Refuses all changes. */
class Unchanging<T extends object> implements ProxyHandler<T> {
  set(): boolean {
    return false;
  }
  deleteProperty(): boolean {
    return false;
  }
  defineProperty(): boolean {
    return false;
  }
  setPrototypeOf(): boolean {
    return false;
  }
  preventExtensions(): boolean {
    return false;
  }
}

class ObjectLook extends Unchanging<object> {
  constructor(
    /** What a property is; `undefined` if there is none. */
    readonly read: (name: string) => unknown,
    readonly names: () => Iterable<unknown>,
    readonly disguise: Disguise,
  ) {
    super();
  }

  get(target: object, name: string | symbol): unknown {
    const value = typeof name === "string" ? this.read(name) : undefined;
    return value === undefined ? (Reflect.get(target, name) as unknown) : this.disguise.of(value);
  }
  has(target: object, name: string | symbol): boolean {
    return (typeof name === "string" && this.read(name) !== undefined) || Reflect.has(target, name);
  }
  ownKeys(): string[] {
    // Engines refuse a name that comes twice, as in an image of strangers.
    const names = new Set(this.names()) as Set<string>;
    for (const name of names)
      if (typeof name !== "string") throw new BadImageError("the name of a property is no text");
    return [...names];
  }
  getOwnPropertyDescriptor(_: object, name: string | symbol): PropertyDescriptor | undefined {
    const value = typeof name === "string" ? this.read(name) : undefined;
    if (value === undefined) return undefined;
    return { value: this.disguise.of(value), enumerable: true, configurable: true, writable: false };
  }
}

class ArrayLook extends Unchanging<unknown[]> {
  constructor(
    readonly node: SequenceView,
    readonly disguise: Disguise,
  ) {
    super();
  }

  /** The item of a name that is an index; `undefined` for any other. */
  #item(name: string | symbol): unknown {
    if (typeof name !== "string" || !/^(0|[1-9]\d*)$/.test(name)) return undefined;
    return this.disguise.of(this.node.at(Number(name)));
  }

  get(target: unknown[], name: string | symbol, self: unknown): unknown {
    if (name === "length") return this.node.length;
    const item = this.#item(name);
    return item === undefined ? (Reflect.get(target, name, self) as unknown) : item;
  }
  has(target: unknown[], name: string | symbol): boolean {
    return this.#item(name) !== undefined || Reflect.has(target, name);
  }
  ownKeys(): string[] {
    const { length } = this.node;
    // A length of an image of strangers may be anything.
    this.node.at(-1);
    return [...Array.from({ length }, (_, index) => String(index)), "length"];
  }
  getOwnPropertyDescriptor(_: unknown[], name: string | symbol): PropertyDescriptor | undefined {
    if (name === "length") return { value: this.node.length, writable: true, enumerable: false, configurable: false };
    const item = this.#item(name);
    return item === undefined ? undefined : { value: item, enumerable: true, configurable: true, writable: false };
  }
}
