import { Heap, lending } from "../../dist/index.js";
import { KEYS, NUMBERS, TIMES } from "./rows.mjs";

function build() {
  const heap = Heap.createSync();
  const Pair = heap.struct("Pair", { head: "ref", count: "u32" });
  const other = Pair.new();
  const pair = Pair.new({ head: other, count: 1 });
  const dict = heap.dict(KEYS.map((key, i) => [key, i]));
  const list = heap.list(NUMBERS);
  const objects = heap.list(NUMBERS.map((count) => Pair.new({ count })));
  let at = 0;
  return { heap, Pair, other, pair, dict, list, objects, next: () => (at = (at + 1) % TIMES) };
}

export const heapwright = {
  title: "heapwright: handles",
  start() {
    const { heap, Pair, other, pair, dict, list, objects, next } = build();
    const subject = {
      sink: undefined,
      made: () => Pair.new().release(),
      cloned: () => pair.clone().release(),
      readNumber: () => void (subject.sink = pair.count),
      writeNumber: () => void (pair.count = next()),
      readReference: () => pair.head.release(),
      writeReference: () => void (pair.head = other),
      lookUp: () => void (subject.sink = dict.get(KEYS[next()])),
      setEntry: () => void dict.set(KEYS[next()], 7),
      index: () => void (subject.sink = list.get(next())),
      loop() {
        for (const item of list) subject.sink = item;
      },
      loopEntries() {
        for (const [key, value] of dict) subject.sink = key.length + value;
      },
      loopObjects() {
        for (const item of lending(objects)) subject.sink = item.address;
      },
      copyIn: () => heap.from(NUMBERS).release(),
      copyOut: () => void (subject.sink = list.toJS()),
      end: () => heap.verify(),
    };
    return subject;
  },
};

/** The same on raw addresses, and on many objects in one call. */
export const heapwrightCore = {
  title: "heapwright: `core`, `batch`",
  start() {
    const { heap, Pair, other, pair } = build();
    const { core, batch } = heap;
    const many = batch.create(Pair, TIMES);
    const counts = Uint32Array.from(NUMBERS);
    const head = Pair.slotOf("head");
    const subject = {
      sink: undefined,
      made: () => core.decref(core.alloc(Pair.id)),
      cloned() {
        core.incref(pair.address);
        core.decref(pair.address);
      },
      readReference: () => void (subject.sink = core.getRef(pair.address, head)),
      writeReference: () => core.setRef(pair.address, head, other.address),
      copyIn: () => batch.set(Pair, "count", many, counts),
      copyOut: () => void (subject.sink = batch.get(Pair, "count", many)),
      end: () => heap.verify(),
    };
    return subject;
  },
};
