// A server with a leak, to be looked into: sessions go into a cache that forgets nothing. Saves two dumps, one before and
// one after some work. docs/inspect.md goes on from here.
//
//   node examples/leaky-server.mjs
//   npx heapwright inspect top server-after.heap

import { trace } from "heapwright/trace";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Heap } from "heapwright";
import { save as imageOf } from "heapwright/image";

/** Writes both dumps into a folder; gives their names. */
export function saveDumps(folder) {
  const heap = Heap.createSync();
  trace(heap).start({ frames: 3 }); // so that dumps know which line made what
  const Server = heap.struct("Server", { title: "str", cache: "ref" });
  const Session = heap.struct("Session", { user: "str", cart: "ref", server: "ref" });
  const Task = heap.struct("Task", { title: "str", partner: "ref" });
  heap.scope(() => heap.roots.set("server", Server.new({ title: "shop", cache: heap.dict() })));

  let visits = 0;
  function visit() {
    const number = visits++;
    heap.scope(() => {
      const server = heap.roots.get("server");
      const cart = heap.list([`basket of ${number % 50}`, number]);
      const session = Session.new({ user: `user ${number % 50}`, cart, server });
      server.cache.set(number, session); // and nothing ever takes it out again
    });
  }
  /** Two tasks that hold each other, and nobody holds them: they wait for the cycle collector. */
  function work(title) {
    heap.scope(() => {
      const [first, second] = [Task.new({ title }), Task.new({ title })];
      first.partner = second;
      second.partner = first;
    });
  }
  function save(name) {
    const file = `${folder}/${name}`;
    writeFileSync(file, imageOf(heap));
    return file;
  }

  for (let i = 0; i < 100; i++) visit();
  heap.gc.collect();
  const before = save("server-before.heap");
  for (let i = 0; i < 2000; i++) visit();
  heap.gc.collect();
  for (let i = 0; i < 3; i++) work(`task ${i}`);
  const open = heap.str("a handle that the program still has");
  const lost = heap.str("nobody has this, yet it is counted");
  heap.core.incref(lost.address); // whose decref was forgotten
  lost.release();
  const after = save("server-after.heap");
  open.release();
  return [before, after];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [before, after] = saveDumps(".");
  console.log(`saved ${before} and ${after}; now: npx heapwright inspect top ${after}`);
}
