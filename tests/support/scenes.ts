// Small graphs that many tests build, and let go of.

import type { Handle, Heap, StructObject, StructType } from "../../src/index.js";

/** Fields of a node: two references, and a name. */
export const NODE = { left: "ref", right: "ref", title: "str" } as const;
export type Node = StructObject<typeof NODE>;
export type NodeType = StructType<typeof NODE>;

/** An object that holds itself. */
export function selfLoop(Type: NodeType, title = ""): Node {
  const node = Type.new({ title });
  node.left = node;
  return node;
}

/** Drops an object that holds itself. */
export function dropLoop(Type: NodeType, title = ""): void {
  selfLoop(Type, title).release();
}

/** Two objects that hold each other. */
export function pair(Type: NodeType, titles: readonly [string, string] = ["a", "b"]): [Node, Node] {
  const [a, b] = [Type.new({ title: titles[0] }), Type.new({ title: titles[1] })];
  a.left = b;
  b.left = a;
  return [a, b];
}

/** Objects of these types in a ring: each holds the next as `right`, and the one before as `left`. */
export function ring(types: readonly NodeType[]): Node[] {
  const nodes = types.map((Type, n) => Type.new({ title: `${n}` }));
  nodes.forEach((node, n) => {
    node.right = nodes[(n + 1) % nodes.length] as Node;
    node.left = nodes[(n + nodes.length - 1) % nodes.length] as Node;
  });
  return nodes;
}

export function releaseAll(handles: Iterable<Handle>): void {
  for (const handle of handles) handle.release();
}

/** Looks at the object behind a weak reference, if there is one, and lets go of it. */
export function peek<T>(weakref: { deref(): Handle | null }, look: (object: Node) => T): T | null {
  const object = weakref.deref() as Node | null;
  if (object === null) return null;
  try {
    return look(object);
  } finally {
    object.release();
  }
}

/** What there is of objects, blocks and weak references: to see that all of it has come back. */
export function holdings(heap: Heap): { objects: number; blocks: number; weakrefs: number; live: number } {
  const { objects, blocks, weakrefs, bytes } = heap.stats();
  return { objects, blocks, weakrefs, live: bytes.live };
}
