// Views that observe a model, and one that is closed and forgets to stop observing. The program finds that leak: it asks
// which closed views are alive, and an image of the heap says which path keeps them.

import { Heap, lending, ref, required } from "heapwright";
import type { ObjectOf } from "heapwright";
import { PathFinder, describePath, finish, readImageSync, referrers } from "heapwright/dump";
import { save } from "heapwright/image";

const heap = Heap.createSync();
const empty = heap.stats();

const Model = heap.struct("Model", { text: required("str"), observers: required("ref") });
const View = heap.struct("View", { title: required("str"), isOpen: "bool", model: ref(Model) });
type View = ObjectOf<typeof View>;

const observers = heap.list<View>();
const model = Model.new({ text: "draft", observers });

function open(title: string): View {
  const view = View.new({ title, isOpen: true, model });
  observers.append(view);
  return view;
}

function close(view: View, observes: boolean): void {
  view.isOpen = false;
  if (!observes) observers.remove(view);
  view.release();
}

function change(text: string): void {
  model.text = text;
  for (const view of lending(observers)) console.log(`${view.title} shows ${view.read("model", "text")}`);
}

/** For each closed view that is alive: the path that keeps it. */
function findLeaks(): string[] {
  const graph = readImageSync(save(heap));
  const paths = new PathFinder(graph, finish(referrers(graph)));
  return heap.scope(() => {
    const closed = heap.gc.getObjects(View).filter(({ isOpen }) => !isOpen);
    const nodes = closed.map(({ address }) => graph.nodes.address?.indexOf(address) ?? -1);
    return nodes.map((node) => finish(paths.shortest(node))).flatMap((path) => (path ? describePath(graph, path) : []));
  });
}

const editor = open("editor");
const preview = open("preview");
close(editor, false);
close(preview, true); // the mistake
change("final"); // the closed preview still draws
console.log(findLeaks().join("\n"));

observers.clear(); // the cure
console.log(`leaks after the cure: ${findLeaks().length}`);
model.release();
observers.release();
heap.verify();
console.log(`left: ${heap.stats().objects - empty.objects} objects, ${heap.stats().handles} handles`);
