import { NodeView } from "./node.js";
import type { ViewValue } from "./node.js";
import { readPath } from "./path.js";
import { ADDRESS, SOURCE } from "./ref.js";

/** View of something with elements. */
export abstract class ContainerView extends NodeView {
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
