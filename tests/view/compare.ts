// What a view reads, held against what the handles of the heap read that its image was made of.

import { Handle } from "../../src/index.js";
import type {
  DictHandle,
  FrozensetHandle,
  Heap,
  ListHandle,
  SetHandle,
  TupleHandle,
  WeakKeyMapHandle,
  WeakSetHandle,
  WeakrefHandle,
} from "../../src/index.js";
import { BadKeyError } from "../../src/base/errors.js";
import { NodeView } from "../../src/view/node.js";
import type { DictView } from "../../src/view/dict.js";
import type { ListView } from "../../src/view/sequence.js";
import type { SetView } from "../../src/view/set.js";
import type { StructView } from "../../src/view/struct.js";
import type { WeakKeyMapView, WeakSetView, WeakrefView } from "../../src/view/weak.js";
import type { HeapView } from "../../src/view/heap-view.js";
import { difference } from "../support/isomorphic.js";

const ATOMS = ["NoneType", "bool", "int", "float", "str", "bytes"];

function mustBe(isSo: boolean, what: string, heap: unknown, view: unknown): void {
  if (!isSo) throw new Error(`${what}: the heap has ${String(heap)}, and the view ${String(view)}`);
}

/** Compares all that a heap's roots lead to. Returns how many objects that was. */
export function compareHeaps(heap: Heap, view: HeapView): number {
  const seen = new Set<number>();
  const pending: [unknown, unknown, string][] = [];
  heap.scope(() => {
    mustBe([...heap.roots.keys()].join() === [...view.roots.keys()].join(), "names", heap.roots.size, view.roots.size);
    for (const name of heap.roots.keys()) pending.push([heap.roots.get(name), view.roots.get(name), name]);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [value, read, path] = next;
      const add = (one: unknown, other: unknown, step: string): void => void pending.push([one, other, path + step]);
      if (isAtom(value)) compareAtoms(value, read, path);
      else {
        const handle = value as Handle;
        const node = read as NodeView;
        mustBe(node instanceof NodeView && node.address === handle.address, path, handle, node);
        mustBe(node.type === handle.type, `type of ${path}`, handle.type, node.type);
        if (seen.has(handle.address)) continue;
        seen.add(handle.address);
        const differs = difference(handle.toJS(), node.toJS());
        mustBe(differs === undefined, `toJS of ${path}: ${differs}`, handle, node);
        compareParts(handle, node, path, add);
      }
    }
  });
  return seen.size;
}

/** A value of JavaScript, or a handle of what a view gives as one. */
function isAtom(value: unknown): boolean {
  return !(value instanceof Handle) || ATOMS.includes(value.type);
}

function compareAtoms(value: unknown, read: unknown, path: string): void {
  const atom = value instanceof Handle ? (value.toJS() as unknown) : value;
  const isSame =
    atom instanceof Uint8Array ? read instanceof Uint8Array && read.join() === atom.join() : Object.is(atom, read);
  mustBe(isSame, path, atom, read);
}

type Add = (value: unknown, read: unknown, step: string) => void;

function compareParts(handle: Handle, node: NodeView, path: string, add: Add): void {
  const all = (name: string, one: Iterable<unknown>, other: Iterable<unknown>): void => {
    const [items, others] = [[...one], [...other]];
    mustBe(items.length === others.length, `number of ${name} of ${path}`, items.length, others.length);
    items.forEach((item, i) => {
      add(item, others[i], ` ${name} ${i}`);
    });
  };
  switch (handle.type) {
    case "list":
    case "tuple": {
      const [list, view] = [handle as ListHandle | TupleHandle, node as ListView];
      mustBe(list.length === view.length, `length of ${path}`, list.length, view.length);
      all("items", list, view);
      if (view.length > 0) add((list as ListHandle).get(-1), view.read(-1), ".get(-1)");
      mustBe(view.at(view.length) === undefined, `${path}.at(length)`, undefined, view.at(view.length));
      for (let i = 0; i < view.length; i++) mustBe(list.isNull(i) === view.isNull(i), `${path}.isNull`, i, i);
      const visited: unknown[] = [];
      view.forEach((item, index) => (visited[index] = item));
      all("visited", list, visited);
      break;
    }
    case "dict": {
      const [dict, view] = [handle as DictHandle, node as DictView];
      mustBe(dict.size === view.size, `size of ${path}`, dict.size, view.size);
      all("keys", dict.keys(), view.keys());
      all("values", dict.values(), view.values());
      const visited: unknown[] = [];
      view.forEach((value, key) => visited.push(key, value));
      all("entries", [...dict.entries()].flat(), visited);
      for (const [[key], other] of zip(dict, view.keys())) {
        if (isWeakKey(key)) continue;
        add(dict.get(key), view.get(other), `.get(${String(key)})`);
        mustBe(dict.isNull(key) === view.isNull(other), `${path}.isNull(${String(key)})`, key, other);
      }
      break;
    }
    case "set":
    case "frozenset": {
      const [set, view] = [handle as SetHandle | FrozensetHandle, node as SetView];
      mustBe(set.size === view.size, `size of ${path}`, set.size, view.size);
      all("elements", set, view);
      for (const [key, other] of zip(set, view))
        mustBe(isWeakKey(key) || isNaN(key as number) || view.has(other), `${path} has`, key, other);
      break;
    }
    case "weakref": {
      const [weak, view] = [handle as WeakrefHandle, node as WeakrefView];
      mustBe(weak.alive === view.alive, `${path}.alive`, weak.alive, view.alive);
      add(weak.deref(), view.deref(), ".deref()");
      break;
    }
    case "WeakKeyDictionary": {
      const [map, view] = [handle as WeakKeyMapHandle, node as WeakKeyMapView];
      mustBe(map.size === view.size, `size of ${path}`, map.size, view.size);
      all("entries", [...map].flat(), [...view].flat());
      for (const [[key], other] of zip(map, view.keys())) add(map.get(key), view.get(other), ".get()");
      break;
    }
    case "WeakSet": {
      const [set, view] = [handle as WeakSetHandle, node as WeakSetView];
      all("elements", set, view);
      for (const key of view) mustBe(view.has(key), `${path} has`, key, key);
      break;
    }
    default: {
      const info = handle.store.typeAt(handle.address);
      const [struct, view] = [handle as Handle & Record<string, unknown>, node as StructView & Record<string, unknown>];
      for (const name of info.fields?.keys() ?? []) {
        const [one, other] = [struct as unknown as StructView, view];
        add(one.get(name), other.get(name), `.get(${name})`);
        add(struct[name], view[name], `.${name}`);
        mustBe(one.isNull(name) === other.isNull(name), `${path}.isNull(${name})`, one, other);
      }
    }
  }
}

/** Weak references, and tuples and frozensets that hold one, are no keys to look up. */
function isWeakKey(key: unknown): boolean {
  return key instanceof Handle && (key.type === "weakref" || key.repr().includes("weakref"));
}

function isNaN(value: unknown): boolean {
  return Number.isNaN(value);
}

function* zip<A, B>(one: Iterable<A>, other: Iterable<B>): Generator<[A, B]> {
  const others = [...other];
  let i = 0;
  for (const item of one) yield [item, others[i++] as B];
}

/** Looks a key up; `"unhashable"` for what cannot be one. */
export function lookUp<T>(look: () => T): T | "unhashable" {
  try {
    return look();
  } catch (error) {
    if (error instanceof BadKeyError) return "unhashable";
    throw error;
  }
}
