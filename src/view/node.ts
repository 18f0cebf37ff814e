import type { Atom } from "../object/atoms.js";
import { ADDRESS, AT, Ref, SOURCE, addressIn } from "./ref.js";
import { toJS } from "./to-js.js";

/** What a container of a view gives: a value of JavaScript, or a view of an object. */
export type ViewValue = NodeView | Atom;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A view of an object of an image. It is read only, and there is nothing to release: it lives as long as a program holds it, and
 * so do the bytes of the image. Two views of one object are two for `===`.
 */
export abstract class NodeView extends Ref {
  /** Where the object was in its heap: Python's `id`. */
  get address(): number {
    return this[ADDRESS] >>> 0;
  }

  /** Name of the object's type. */
  get type(): string {
    const source = this[SOURCE];
    return source.typeName(source.typeAt(this[AT]));
  }

  /**
   * Whether both are views of one object: Python's `is`.
   *
   * @example
   * heap.roots.set("bob", bob);
   * heap.roots.set("alice", alice);
   * const { roots } = openView(save(heap));
   * const bobs = roots.get<typeof Person>("bob");
   * roots.get<typeof Person>("alice")?.is(bobs?.buddy); // true
   *
   * @returns `false` for `null` and `undefined`.
   * @throws {@link BadValueError} for what is no object of this view.
   */
  is(other: NodeView | null | undefined): boolean {
    return other !== null && other !== undefined && addressIn(this[SOURCE], other) === this[ADDRESS];
  }

  /**
   * The value as plain JavaScript, as `toJS` of its handle gives it; shared parts and cycles are kept, depth is no limit.
   *
   * @example
   * using list = heap.list([1, [2, 3]]);
   * heap.roots.set("list", list);
   * openView(save(heap)).read("list").toJS(); // [1, [2, 3]]
   *
   * @throws {@link BadImageError} if the image is damaged; {@link TooLargeError} for more than JavaScript can hold.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  toJS(): any {
    return toJS(this[SOURCE], this[ADDRESS]);
  }

  /**
   * What `JSON.stringify` takes instead of the view, by the rules of Python's `json.dumps`, as of the handle.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * heap.roots.set("ages", ages);
   * JSON.stringify(openView(save(heap)).read("ages")); // '{"Alice":42}'
   *
   * @throws {@link BadValueError} for what JSON cannot say: sets, bytes, ints beyond 2^53, tuples as keys.
   */
  toJSON(): unknown {
    return toJS(this[SOURCE], this[ADDRESS], true);
  }

  /**
   * The type and the address: `<list at 0x30020>`.
   *
   * @example
   * using list = heap.list([1]);
   * heap.roots.set("list", list);
   * String(openView(save(heap)).read("list")).startsWith("<list at 0x"); // true
   */
  override toString(): string {
    return `<${this.type} at 0x${this.address.toString(16)}>`;
  }

  /** What `console.log` shows in Node. */
  [INSPECT](): string {
    return this.toString();
  }
}
