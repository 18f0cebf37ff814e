import { NodeView } from "./node.js";
import type { ViewValue } from "./node.js";
import { readPath } from "./path.js";
import { ADDRESS, AT, SOURCE } from "./ref.js";
import { firstSlot, slotCount } from "./slots.js";
import type { Source } from "./source.js";

/** View of something with elements. */
export abstract class ContainerView extends NodeView {
  /** Slots of an element. */
  protected get width(): number {
    return 1;
  }

  /** What `read` makes of each element, from the index of its first word. */
  protected *each<T>(read: (source: Source, slot: number) => T): Generator<T, void> {
    const source = this[SOURCE];
    const [first, end] = slotsOf(this);
    for (let slot = first; slot < end; slot += this.width) if (source.words[slot] !== 0) yield read(source, slot);
  }

  /** As `each`, with a call for each element, which takes half of the time. */
  protected visit(read: (source: Source, slot: number) => void): void {
    const source = this[SOURCE];
    const [first, end] = slotsOf(this);
    for (let slot = first; slot < end; slot += this.width) if (source.words[slot] !== 0) read(source, slot);
  }

  /**
   * Goes down a path and reads what is at its end, without a view for each step. Steps are keys of dicts, indexes of lists and
   * tuples, and fields of structs.
   *
   * @example
   * using order = heap.from({ lines: [{ price: 2.5 }] });
   * heap.roots.set("order", order);
   * const view = openView(save(heap)).read("order");
   * view.read("lines", 0, "price"); // 2.5
   *
   * @typeParam T - What you know to be there. It is not checked.
   * @returns A value; `null` if a reference on the way is empty, `undefined` if a key is not there.
   * @throws {@link BadIndexError}, {@link BadFieldError}, {@link BadKeyError}; {@link BadImageError}
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unnecessary-type-parameters -- as JSON.parse
  read<T = any>(...path: [ViewValue, ...ViewValue[]]): T {
    return readPath(this[SOURCE], this[ADDRESS], path) as T;
  }
}

/** Indexes of the first word of the elements, and of that behind the last. Those of deleted entries are zeros. */
function slotsOf(view: NodeView): [first: number, end: number] {
  const source = view[SOURCE];
  const at = view[AT];
  const type = source.typeAt(at);
  const count = slotCount(source, at, type);
  const first = firstSlot(source, at, type, count);
  return [first, first + count];
}

export function itemAt(source: Source, slot: number): unknown {
  return source.value(source.words[slot] as number);
}
