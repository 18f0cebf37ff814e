// The undo history of a graph editor, whose versions share all that an edit did not touch.
//
//     node examples/undo-history.mjs
//
// A version is a tree of tuples with the nodes at its leaves. Nothing in it ever changes: an edit makes one node
// anew, and the tuples above it, and shares all the rest. To forget a version is to drop one reference: what no
// other version shares dies at that moment, by its reference count. The collector is off from start to end.

import { fileURLToPath } from "node:url";
import { Handle, Heap, TupleHandle } from "heapwright";

const BITS = 3; // of a node's id choose among the branches of a tuple
const TOP = 2; // level of the root; the nodes are below level 0
const NO_BRANCHES = Array(1 << BITS).fill(null);

/** Edges are the ids of other nodes, so the graph may be cyclic and its memory is not. */
const NODE_FIELDS = { id: "u16", title: "ref", edges: "ref", x: "i32", y: "i32" };

export class GraphEditor {
  #position = 0;

  constructor(heap) {
    this.heap = heap;
    this.died = [];
    this.Node = heap.struct("Node", NODE_FIELDS, { finalize: (node) => this.died.push(` ${node.id}`) });
    this.history = heap.scope(() => heap.list([heap.tuple(NO_BRANCHES)]));
  }

  /** Nodes in a circle, each with an edge to the next. */
  ring(count) {
    const add = (tree, _, id) => this.#replace(tree, id, () => this.#node(id, `n${id}`, [(id + 1) % count]));
    this.#commit((tree) => Array(count).fill().reduce(add, tree));
  }
  add(id, title) {
    this.#edit(id, () => this.#node(id, title, []));
  }
  move(id, x, y) {
    this.#edit(id, (node) => this.#with(node, { x, y }));
  }
  rename(id, title) {
    this.#edit(id, (node) => this.#with(node, { title: this.heap.str(title) }));
  }
  link(id, to) {
    this.#edit(id, (node) => this.#with(node, { edges: this.heap.tuple([...node.edges, to]) }));
  }
  remove(id) {
    this.#edit(id, () => null);
  }

  undo() {
    if (this.#position > 0) this.#position--;
  }
  redo() {
    if (this.#position < this.history.length - 1) this.#position++;
  }
  /** Forgets the oldest versions, but not the one on show. */
  forget(count) {
    const gone = Math.min(count, this.#position);
    this.history.removeRange(0, gone);
    this.#position -= gone;
  }

  /** The nodes of the version on show, as plain JavaScript. */
  nodes() {
    return this.heap.scope(() => this.#shown().toJS().flat(TOP).filter(Boolean));
  }
  /** Addresses of all objects of the version on show, and of all versions together. */
  parts() {
    const partsOf = (values) => this.heap.scope(() => this.#collectParts(values(), new Set()));
    return { shown: partsOf(() => [this.#shown()]), all: partsOf(() => this.history) };
  }

  #shown() {
    return this.history.get(this.#position);
  }
  #node(id, title, edges) {
    return this.Node.new({ id, title: this.heap.str(title), edges: this.heap.tuple(edges) });
  }
  #with({ id, title, edges, x, y }, changes) {
    return this.Node.new({ id, title, edges, x, y, ...changes });
  }

  #edit(id, change) {
    this.#commit((tree) => this.#replace(tree, id, change));
  }
  #commit(change) {
    this.heap.scope(() => {
      const tree = change(this.#shown());
      this.history.removeRange(this.#position + 1); // what was undone, and can no longer be redone
      this.history.append(tree);
      this.#position++;
    });
  }
  /** The tree with another node in one place. */
  #replace(tree, id, change, level = TOP) {
    const branches = [...(tree ?? NO_BRANCHES)];
    const at = (id >> (BITS * level)) & (NO_BRANCHES.length - 1);
    branches[at] = level === 0 ? change(branches[at]) : this.#replace(branches[at], id, change, level - 1);
    return this.heap.tuple(branches);
  }
  #collectParts(values, found) {
    for (const part of values) {
      // The one empty tuple is the heap's own, and immortal, as small ints are.
      if (!(part instanceof Handle) || part.length === 0 || found.has(part.address)) continue;
      found.add(part.address);
      if (part instanceof TupleHandle) this.#collectParts(part, found);
      else if (this.Node.is(part)) this.#collectParts([part.title, part.edges], found);
    }
    return found;
  }
}

const SCRIPT =
  "ring 64, move 9 120 80, rename 9 hub, link 9 42, link 42 9, undo, undo, redo, undo, undo, " +
  "add 64 spare, link 64 9, remove 33, forget 2, forget 9";

/** How many of some addresses are not among others. */
const missing = (some, others) => [...some].filter((address) => !others.has(address)).length;

/** Runs an editing session; an action is the name of a method and its arguments. */
export function run({ script = SCRIPT, write = console.log } = {}) {
  const heap = Heap.createSync();
  heap.gc.disable();
  const empty = heap.stats();
  const editor = new GraphEditor(heap);
  const row = (action, numbers, died) =>
    write([action.padEnd(16), ...numbers.map((number) => String(number).padStart(9)), ...died].join(" "));

  row("action", ["versions", "new", "shared", "freed", "bytes"], [" nodes that died"]);
  const steps = script.split(", ").map((action) => {
    const [name, ...args] = action.split(" ").map((word) => (isNaN(word) ? word : Number(word)));
    const before = editor.parts();
    editor[name](...args);
    const after = editor.parts();
    const { bytes, objects } = heap.stats();
    const created = missing(after.shown, before.all);
    const freed = missing(before.all, after.all);
    const shared = after.shown.size - created;
    row(action, [editor.history.length, created, shared, freed, bytes.live], editor.died.splice(0));
    return { nodes: editor.nodes(), created, shared, freed, objects };
  });
  editor.history.release();
  const left = heap.stats();
  const freed = steps.at(-1).objects - left.objects;
  row("(drop them all)", [0, 0, 0, freed, left.bytes.live], [` ${editor.died.length} nodes`]);
  return { heap, empty, steps, left };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) run();
