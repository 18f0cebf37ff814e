// A tree of elements, as in a browser. Links down are strong and the link up is weak, so the tree has no cycle: an
// element that is removed dies at once, with all below it. The collector has nothing to do, and is off.

import { Heap, ref, required, weak, type ObjectOf } from "heapwright";

const heap = Heap.createSync();
heap.gc.disable();
const empty = heap.stats();

// prettier-ignore
const fields = {
  tag: required("str"),
  get parent() { return weak(Element); },
  get firstChild() { return ref(Element); },
  get nextSibling() { return ref(Element); },
} as const;
const Element = heap.struct("Element", fields, { finalize: ({ tag }) => console.log(`${tag} dies`) });
type Element = ObjectOf<typeof Element>;

/** A new element, the first child of another. The caller releases it. */
function prepend(parent: Element, tag: string): Element {
  return heap.scope(() => (parent.firstChild = Element.new({ tag, parent, nextSibling: parent.firstChild })));
}

/** Takes an element out of its parent. */
function remove(element: Element): void {
  heap.scope(() => {
    const { parent, nextSibling } = element;
    let before = parent?.firstChild;
    if (parent && element.is(before)) parent.firstChild = nextSibling;
    else while (before && !element.is(before.nextSibling)) before = before.nextSibling;
    if (before && element.is(before.nextSibling)) before.nextSibling = nextSibling;
    element.parent = element.nextSibling = null;
  });
}

/** The element and all below it, as HTML. */
function show(element: Element): string {
  let inner = "";
  for (let child = element.firstChild; child; child = child.nextSibling) inner += show(child);
  return `<${element.tag}>${inner}</${element.tag}>`;
}

{
  using body = Element.new({ tag: "body" });
  using list = prepend(body, "ul");
  for (const tag of ["b", "i"]) prepend(list, tag).release();
  prepend(body, "h1").release();
  console.log(heap.scope(() => show(body)));
  console.log(`above i: ${list.read("firstChild", "parent", "tag")}, ${list.read("parent", "tag")}`);
  remove(list);
  console.log(heap.scope(() => show(body)));
} // the list dies, then the body: each with all below it

heap.verify();
console.log(`left: ${heap.stats().objects - empty.objects} objects, ${heap.stats().handles} handles`);
