// Graphs of n objects, in shapes that a loop of the core may be long on. They are made on raw addresses, so that even
// large ones take no time; what holds them from outside is a list of addresses, each of which is owned once.

import type { Handle, Heap } from "../../src/index.js";
import { seededRandom } from "./random.js";

export type Address = number;

export interface Shape {
  /** Owned. */
  roots: Address[];
  /** Handles that hold a part of it. */
  handles: Handle[];
  /** Whether it goes with its roots; if not, a collection finds it. */
  isAcyclic: boolean;
}

/** The types that shapes are made of, by heap. */
const types = new WeakMap<Heap, { node: number; box: number }>();

function typesOf(heap: Heap, finalize: (() => void) | undefined): { node: number; box: number } {
  let known = types.get(heap);
  if (!known) {
    const node = heap.struct("Node", { a: "ref", b: "ref" }, finalize ? { finalize } : {}).id;
    known = { node, box: heap.struct("Box", { value: "f64" }).id };
    types.set(heap, known);
  }
  return known;
}

/** Makes what shapes are made of, on one heap. */
export class Maker {
  readonly #core: Heap["core"];
  readonly #node: number;
  readonly #box: number;
  readonly heap: Heap;

  constructor(heap: Heap, finalize?: () => void) {
    this.heap = heap;
    this.#core = heap.core;
    ({ node: this.#node, box: this.#box } = typesOf(heap, finalize));
  }

  /** An object with two slots, owned. */
  node(): Address {
    return this.#core.alloc(this.#node);
  }
  nodes(n: number): Address[] {
    return Array.from({ length: n }, () => this.node());
  }
  /** An object without slots, owned. */
  box(): Address {
    return this.#core.alloc(this.#box);
  }
  link(from: Address, slot: 0 | 1, to: Address): void {
    this.#core.setRef(from, slot, to);
  }
  /** Links, and gives the caller's own reference to the target away. */
  give(from: Address, slot: 0 | 1, to: Address): void {
    this.#core.setRef(from, slot, to);
    this.#core.decref(to);
  }
  drop(objects: Iterable<Address>): void {
    for (const object of objects) this.#core.decref(object);
  }
  /** Gives away all but those to be held. */
  keep(nodes: readonly Address[], ...held: Address[]): Shape {
    const left = new Set(held);
    for (const node of nodes) if (!left.has(node)) this.#core.decref(node);
    return { roots: held, handles: [], isAcyclic: false };
  }
}

type Make = (maker: Maker, n: number) => Shape;

const ownedBy = (roots: Address[]): Shape => ({ roots, handles: [], isAcyclic: true });
const acyclic = (root: Address): Shape => ownedBy([root]);
const held = (...handles: Handle[]): Shape => ({ roots: [], handles, isAcyclic: true });

/** A chain through slot 1, in this order of the nodes; each holds a box, if they are boxed. */
function chain(maker: Maker, order: readonly Address[], isBoxed: boolean): Shape {
  order.forEach((node, at) => {
    if (isBoxed) maker.give(node, 0, maker.box());
    const next = order[at + 1];
    if (next !== undefined) maker.give(node, 1, next);
  });
  return acyclic(order[0] as Address);
}

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** A complete binary tree over nodes in heap order: the first is the root. */
function tree(maker: Maker, nodes: readonly Address[]): Shape {
  nodes.forEach((node, i) => {
    const [left, right] = [nodes[2 * i + 1], nodes[2 * i + 2]];
    if (left !== undefined) maker.give(node, 0, left);
    if (right !== undefined) maker.give(node, 1, right);
  });
  return acyclic(nodes[0] as Address);
}

export const SHAPES: Record<string, Make> = {
  "a list of boxed values, held by its newest node": (maker, n) => {
    let head = 0;
    for (let i = 0; i < n / 2; i++) {
      const node = maker.node();
      maker.give(node, 0, maker.box());
      if (head) maker.give(node, 1, head);
      head = node;
    }
    return acyclic(head);
  },
  "a list of boxed values, held by its oldest node": (maker, n) => chain(maker, maker.nodes(n / 2), true),
  "a list of boxed values, at random addresses": (maker, n) => chain(maker, shuffled(maker.nodes(n / 2), 1), true),
  "a list that goes to and fro between both ends of memory": (maker, n) => {
    const nodes = maker.nodes(n);
    return chain(
      maker,
      nodes.map((_, i) => (i % 2 ? nodes[n - 1 - (i >> 1)] : nodes[i >> 1]) as Address),
      false,
    );
  },
  "a list of chunks of floats, held by its newest chunk": ({ heap }, n) => {
    const WIDTH = 31;
    let head = heap.list();
    for (let i = 0; i < n / (WIDTH + 2); i++) {
      const chunk = heap.from(Array.from({ length: WIDTH }, (_, at) => i + at + 0.5)) as typeof head;
      chunk.append(head);
      head.release();
      head = chunk;
    }
    return held(head);
  },
  "a comb: a list of lists": (maker, n) => {
    let spine = 0;
    for (let i = 0; i < n / 16; i++) {
      const node = maker.node();
      maker.give(node, 0, chain(maker, maker.nodes(15), false).roots[0] as Address);
      if (spine) maker.give(node, 1, spine);
      spine = node;
    }
    return acyclic(spine);
  },
  "a comb with long teeth, made from their ends": (maker, n) => {
    const teeth = Math.ceil(Math.sqrt(n));
    let spine = 0;
    for (let i = 0; i < n / teeth; i++) {
      const node = maker.node();
      maker.give(node, 0, chain(maker, maker.nodes(teeth - 1).reverse(), false).roots[0] as Address);
      if (spine) maker.give(node, 1, spine);
      spine = node;
    }
    return acyclic(spine);
  },
  "a tree, the root first": (maker, n) => tree(maker, maker.nodes(n)),
  "a tree, the leaves first": (maker, n) => tree(maker, maker.nodes(n).reverse()),
  "a tree at random addresses": (maker, n) => tree(maker, shuffled(maker.nodes(n), 2)),
  "a doubly linked ring": (maker, n) => {
    const nodes = maker.nodes(n);
    nodes.forEach((node, i) => {
      maker.link(node, 0, nodes[(i + n - 1) % n] as Address);
      maker.link(node, 1, nodes[(i + 1) % n] as Address);
    });
    return maker.keep(nodes, nodes[0] as Address);
  },
  "a list whose nodes all refer to one hub": (maker, n) => {
    const nodes = maker.nodes(n);
    const hub = nodes.at(-1) as Address;
    for (const node of nodes.slice(0, -1)) maker.link(node, 0, hub);
    return chain(maker, nodes, false);
  },
  "one list with many items": (maker, n) => {
    const list = maker.heap.list();
    for (let i = 0; i < n; i++) list.append(i + 0.5);
    return held(list);
  },
  "one list of many structs": (maker, n) => {
    const { heap } = maker;
    const Item = heap.struct("Item", { a: "ref" });
    const list = heap.list();
    for (let i = 0; i < n; i++) {
      const item = Item.new();
      list.append(item);
      item.release();
    }
    return held(list);
  },
  "one dict with many entries": ({ heap }, n) => {
    const dict = heap.dict();
    for (let i = 0; i < n; i++) dict.set(i, i + 0.5);
    return held(dict);
  },
  "a random graph with one root": (maker, n) => {
    const random = seededRandom(3);
    const nodes = maker.nodes(n);
    for (const node of nodes) {
      maker.link(node, 0, nodes[random(n)] as Address);
      maker.link(node, 1, nodes[random(n)] as Address);
    }
    return maker.keep(nodes, nodes[0] as Address);
  },
  "many objects, each held from outside": (maker, n) => ownedBy(maker.nodes(n)),
  "tuples in each other": ({ heap }, n) => {
    let outer: Handle = heap.list();
    for (let i = 0; i < n; i++) {
      const tuple = heap.tuple([outer]);
      outer.release();
      outer = tuple;
    }
    return held(outer);
  },
  "dicts in each other": ({ heap }, n) => {
    let outer = heap.dict();
    for (let i = 0; i < n / 4; i++) {
      const dict = heap.dict();
      dict.set(1, outer);
      outer.release();
      outer = dict;
    }
    return held(outer);
  },
  "a chain through a weak map, from value to key": (maker, n) => weakChain(maker, maker.nodes(n / 2)),
  "a chain through a weak map, made from its end": (maker, n) => weakChain(maker, maker.nodes(n / 2).reverse()),
  "one weak map with many keys": (maker, n) => {
    const map = maker.heap.weakref.keyMap();
    const { store } = map;
    const keys = maker.nodes(n / 2);
    for (const key of keys) store.core.weakMapSet(map.address, key, store.core.none());
    return { roots: keys, handles: [map], isAcyclic: true };
  },
  "one object with many weak references": (maker, n) => {
    const node = maker.node();
    const { store } = maker.heap.none;
    const callback = (): number => store.callbacks.register(() => undefined);
    const weakrefs = Array.from({ length: n }, () => store.core.newWeakref(node, callback()) >>> 0);
    return ownedBy([node, ...weakrefs]);
  },
  "many objects with a weak reference each": (maker, n) => {
    const { store } = maker.heap.none;
    const nodes = maker.nodes(n / 2);
    return ownedBy([...nodes, ...nodes.map((node) => store.core.newWeakref(node, 0) >>> 0)]);
  },
  "many interned strings": ({ heap }, n) => {
    const list = heap.list();
    for (let i = 0; i < n; i++) {
      const text = heap.intern(`text ${i}`);
      list.append(text);
      text.release();
    }
    return held(list);
  },
};

/** Of each two nodes that follow each other, the first is the key of the second in one weak map. */
function weakChain(maker: Maker, nodes: readonly Address[]): Shape {
  const map = maker.heap.weakref.keyMap();
  const { store } = map;
  nodes.forEach((node, at) => {
    const next = nodes[at + 1];
    if (next !== undefined) store.core.weakMapSet(map.address, node, next);
  });
  maker.drop(nodes.slice(1));
  return { roots: [nodes[0] as Address], handles: [map], isAcyclic: true };
}

export const SHAPE_NAMES = Object.keys(SHAPES);

export function makeShape(heap: Heap, name: string, n: number, finalize?: () => void): { maker: Maker; shape: Shape } {
  const maker = new Maker(heap, finalize);
  const make = SHAPES[name];
  if (!make) throw new Error(`there is no shape called ${name}`);
  return { maker, shape: make(maker, n) };
}

export type Made = ReturnType<typeof makeShape>;

/** Releases a shape from outside. What is cyclic is left to a collection. */
export function dropShape({ maker, shape }: Made): void {
  for (const handle of shape.handles) handle.release();
  maker.drop(shape.roots);
}

/** Leaves a shape to a list that holds itself: once that is released, only a collection finds it. */
export function knotShape(heap: Heap, made: Made): Handle {
  const knot = heap.list();
  knot.append(knot);
  const { core } = heap.none.store;
  for (const handle of made.shape.handles) knot.append(handle);
  for (const root of made.shape.roots) core.listAppend(knot.address, root);
  dropShape(made);
  return knot;
}
