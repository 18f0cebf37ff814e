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
 * It is a `Proxy`, and has its price: a look-up takes 7 to 10 times as long as with `read`, and going through all some
 * 40 times. Use it where code wants plain objects, and for small parts.
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
    if (isSequence(node))
      return new Proxy(
        [],
        this.#handler(
          (name) => propertyOf(node, name),
          () => namesOf(node),
        ),
      );
    if (node instanceof StructView) {
      const { fields } = node[STRUCT];
      const read = (name: string): unknown => (fields.has(name) ? node.get(name) : undefined);
      return new Proxy(
        {},
        this.#handler(read, () => fields.keys()),
      );
    }
    const origin = node instanceof DictView ? originOf(node[SOURCE], node[AT]) : undefined;
    if (origin === undefined) return node;
    const dict = node as DictView;
    const target = origin === ORIGIN_BARE_OBJECT ? (Object.create(null) as object) : {};
    return new Proxy(
      target,
      this.#handler(
        (name) => dict.get(name),
        () => dict.keys(),
      ),
    );
  }

  /**
   * @param read - What a property is; `undefined` if there is none.
   * @param names - Of all properties.
   */
  #handler(read: (name: string) => unknown, names: () => Iterable<unknown>): ProxyHandler<object> {
    const get = (name: string | symbol): unknown => this.of(typeof name === "string" ? read(name) : undefined);
    return {
      ...UNCHANGING,
      get(target, name, self) {
        const value = get(name);
        return value === undefined ? (Reflect.get(target, name, self) as unknown) : value;
      },
      has: (target, name) => get(name) !== undefined || Reflect.has(target, name),
      ownKeys() {
        // Engines refuse a name that comes twice, or is no text, as in an image of strangers.
        const keys = [...new Set(names())] as string[];
        if (keys.some((name) => typeof name !== "string")) throw new BadImageError("the name of a property is no text");
        return keys;
      },
      getOwnPropertyDescriptor(target, name) {
        const value = get(name);
        // The length of an array is such a property, and a proxy may not say otherwise.
        const isLength = Array.isArray(target) && name === "length";
        return value === undefined
          ? value
          : { value, enumerable: !isLength, configurable: !isLength, writable: isLength };
      },
    };
  }

  #keep(address: number, made: object): void {
    if (this.#made.size >= this.#limit) {
      for (const [one, ref] of this.#made) if (ref.deref() === undefined) this.#made.delete(one);
      this.#limit = Math.max(LEAST, 2 * this.#made.size);
    }
    this.#made.set(address, new WeakRef(made));
  }
}

function isSequence(node: NodeView): node is SequenceView {
  return node instanceof SequenceView;
}

const refuse = (): boolean => false;
const UNCHANGING = {
  set: refuse,
  deleteProperty: refuse,
  defineProperty: refuse,
  setPrototypeOf: refuse,
  preventExtensions: refuse,
};

/** What an array has under a name; `undefined` for all but its items and its length. */
function propertyOf(node: SequenceView, name: string): unknown {
  if (name === "length") return node.length;
  return /^(0|[1-9]\d*)$/.test(name) ? node.at(Number(name)) : undefined;
}

function namesOf(node: SequenceView): string[] {
  const { length } = node;
  // A length of an image of strangers may be anything: the last item has to be there.
  node.at(-1);
  return [...Array.from({ length }, (_, index) => String(index)), "length"];
}
