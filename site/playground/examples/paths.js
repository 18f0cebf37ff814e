// A dump says what keeps an object alive, and how much it retains.
import { Heap } from "heapwright";
import {
  PathFinder,
  describePath,
  dominators,
  finish,
  histogram,
  readImageSync,
  referrers,
} from "heapwright/dump";
import { save } from "heapwright/image";

const heap = Heap.createSync();
const Session = heap.struct("Session", { user: "str", data: "ref" });

const cache = heap.dict();
heap.roots.set("cache", cache);
heap.scope(() => {
  for (let i = 0; i < 100; i++)
    cache.set(
      `user ${i}`,
      Session.new({ user: `user ${i}`, data: heap.list([i]) }),
    );
});

const graph = readImageSync(save(heap)); // a dump: columns of numbers
const tree = finish(dominators(graph));
for (const { name, count, retained } of finish(
  histogram(graph, { tree }),
).slice(0, 4))
  console.log(`${count} ${name}, ${retained} bytes retained`);

const session = graph.nodes.type.findIndex(
  (type) => graph.types[type].name === "Session",
);
const finder = new PathFinder(graph, finish(referrers(graph)));
const path = finish(finder.shortest(session));
if (path) console.log(describePath(graph, path).join("\n"));
