// Undo and redo for the properties of a drawing. A change remembers a value before and after, and refers to the change
// below it on its stack. A new change drops the undone ones. They die at that moment, with the values that only they hold.

import { Heap, ref, required, type Value } from "heapwright";

const heap = Heap.createSync();
heap.gc.disable();
const empty = heap.stats();

// prettier-ignore
const fields = {
  key: required("str"),
  before: "value",
  after: "value",
  get older() { return ref(Change); },
} as const;
const Change = heap.struct("Change", fields, { finalize: ({ key }) => console.log(`dropped: a change of ${key}`) });
const History = heap.struct("History", { done: ref(Change), undone: ref(Change) });

const drawing = heap.dict<string, Value>({ color: "black", points: [] });
const history = History.new();

function set(key: string, value: Value | object): void {
  heap.scope(() => {
    const before = drawing.get(key) ?? null;
    drawing.set(key, value);
    history.done = Change.new({ key, before, after: drawing.get(key) ?? null, older: history.done });
    history.undone = null;
  });
}

/** Moves the newest change from one stack to the other, and one of its values into the drawing. */
function move(from: "done" | "undone", to: "done" | "undone", value: "before" | "after"): void {
  heap.scope(() => {
    const change = history[from];
    if (change === null) return;
    drawing.set(change.key, change[value]);
    history[from] = change.older;
    change.older = history[to];
    history[to] = change;
  });
}
const undo = (): void => move("done", "undone", "before");
const redo = (): void => move("undone", "done", "after");

set("color", "red");
set("points", [7, 8]);
set("points", [7, 8, 9]);
console.log(drawing.repr());
undo();
undo();
console.log(drawing.repr());
redo();
set("color", "blue");
console.log(drawing.repr(), `redo: ${history.has("undone")}`);
history.release();
drawing.release();
heap.verify();
console.log(`left: ${heap.stats().objects - empty.objects} objects, ${heap.stats().handles} handles`);
