// Views of images that somebody has tampered with: whatever the bytes, each call gives an answer, or an error with a code.

import { inspect } from "node:util";
import { HeapwrightError } from "../../src/base/errors.js";
import { asObject } from "../../src/view/as-object.js";
import { DictView } from "../../src/view/dict.js";
import { openView } from "../../src/view/heap-view.js";
import type { HeapView } from "../../src/view/heap-view.js";
import { NodeView } from "../../src/view/node.js";
import { SequenceView } from "../../src/view/sequence.js";
import { SetView } from "../../src/view/set.js";
import { StructView } from "../../src/view/struct.js";
import { WeakTableView } from "../../src/view/weak.js";

/** What sound programs may be told of unsound images, besides BAD_IMAGE. */
const CODES = ["BAD_IMAGE", "TOO_LARGE", "BAD_KEY", "BAD_VALUE", "BAD_FIELD", "BAD_INDEX"];
/** Objects of an image that are looked at, and elements of one. */
const MOST_OBJECTS = 200;
const MOST_ELEMENTS = 200;

/** Runs what may be told that the image is bad. `undefined` if it was. */
export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof HeapwrightError && CODES.includes(error.code)) return undefined;
    throw error;
  }
}

/** Opens a view and does with it whatever one can do. Whether it was refused at once. */
export function tryView(bytes: Uint8Array | SharedArrayBuffer): boolean {
  let view: HeapView;
  try {
    view = openView(bytes);
  } catch (error) {
    if (error instanceof HeapwrightError && error.code === "BAD_IMAGE") return true;
    throw error;
  }
  workOut(view);
  return false;
}

export function workOut(view: HeapView): void {
  const seen = new Set<number>();
  const pending: unknown[] = [];
  const nodes: NodeView[] = [];
  for (const name of view.roots.keys()) {
    pending.push(attempt(() => view.roots.get(name) as unknown));
    attempt(() => view.read(name, 0));
    attempt(() => view.read(name, "x", "y"));
  }
  const keys: unknown[] = [null, true, 1, 2 ** 40, 0.5, 1n, "name 1", "text 1", new Uint8Array(3)];
  while (pending.length > 0 && seen.size < MOST_OBJECTS) {
    const node = pending.pop();
    if (!(node instanceof NodeView) || seen.has(node.address)) continue;
    seen.add(node.address);
    nodes.push(node);
    const add = (value: unknown): unknown => pending.push(value);
    attempt(() => [node.type, inspect(node), node.is(node)]);
    for (const element of elementsOf(node)) add(element);
    if (node instanceof SequenceView) {
      for (const index of [0, -1, 7, 2 ** 31]) attempt(() => add(node.at(index)));
      attempt(() => node.isNull(node.length >> 1));
    } else if (node instanceof DictView || node instanceof SetView) {
      attempt(() => node.size);
      for (const key of [...keys, ...nodes.slice(-5)]) {
        attempt(() => node.has(key as never));
        if (node instanceof DictView) attempt(() => add(node.get(key as never)));
      }
      for (const key of elementsOf(node).slice(0, 9)) attempt(() => node.has(key as never));
    } else if (node instanceof StructView) {
      for (const name of ["a", "b", "any", "text", "x", "y", "id", "z"]) {
        attempt(() => add(node.get(name)));
        attempt(() => (node as unknown as Record<string, unknown>)[name]);
        attempt(() => node.isNull(name));
      }
    } else if (node instanceof WeakTableView) attempt(() => node.has(node));
  }
  for (const node of nodes.slice(0, 12)) {
    attempt(() => node.toJS() as unknown);
    attempt(() => node.toJSON());
    const plain = attempt(() => asObject(node) as object);
    if (plain !== undefined) attempt(() => [inspect(plain), Object.keys(plain).slice(0, 9), { ...plain }]);
  }
}

/** The first elements, as far as the image has them. */
function elementsOf(node: NodeView): unknown[] {
  const found: unknown[] = [];
  attempt(() => {
    if (!(Symbol.iterator in node)) return;
    for (const element of node as unknown as Iterable<unknown>) {
      if (Array.isArray(element)) found.push(...(element as unknown[]));
      else found.push(element);
      if (found.length >= MOST_ELEMENTS) break;
    }
  });
  return found;
}
