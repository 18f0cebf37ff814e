// What the examples of `heapwright/dump` begin with: three dumps of a program that keeps sessions in a list, named "cache".
import { Heap, ListHandle, ref } from "heapwright";
import { save } from "heapwright/image";
import { dominators, finish, readImageSync, typeName } from "heapwright/dump";

using heap = Heap.createSync();
/* example */
const Session = heap.struct("Session", {
  user: "str",
  page: "value",
  get peer() {
    return ref(Session);
  },
});
const addSession = (user: string): void =>
  heap.scope(() => {
    const cache = (heap.roots.get("cache") ?? heap.list()) as ListHandle;
    heap.roots.set("cache", cache);
    const session = Session.new({ user, page: new Uint8Array(10_000) });
    const peer = Session.new({ user, peer: session });
    session.peer = peer;
    cache.append(session);
  });
addSession("alice in wonderland");
const graph = readImageSync(save(heap));
addSession("bob the builder");
const later = readImageSync(save(heap));
addSession("carol");
const latest = readImageSync(save(heap));
const tree = finish(dominators(graph));
const session = graph.nodes.type.findIndex((_, node) => typeName(graph, node) === "Session");
