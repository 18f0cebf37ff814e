// Restores the heap it is sent, says what is in it, and sends it back changed.
import { restoreSync, save } from "../../dist/image.js";
import { parentPort } from "node:worker_threads";
import { Heap } from "../../dist/index.js";

parentPort.once("message", (image) => {
  const heap = restoreSync(image);
  const Person = heap.struct("Person", { title: "str", buddy: "ref" });
  const alice = heap.roots.get("alice");
  const said = `${alice.title} and ${alice.read("buddy", "title")}`;
  heap.roots.set("carol", Person.new({ title: "Carol", buddy: alice }));
  const answer = save(heap);
  parentPort.postMessage({ said, image: answer }, [answer.buffer]);
});
