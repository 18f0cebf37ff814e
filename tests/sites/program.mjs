// A program that calls whatever makes objects and handles, each way from a line of its own, with classes that are called as
// some of the package are. Prints what was made and by which line, as a leak or a trace would say it.
import { Heap, lending } from "heapwright";
import { trace } from "heapwright/trace";

const heap = Heap.createSync({ traceHandles: true });
const Person = heap.struct("Person", { buddy: "ref", title: "str" }, { methods: { twin: twin } });
const list = heap.list([heap.list([1])]);
const dict = heap.dict([["k", list]]);
const person = Person.new({ buddy: list, title: "Ann" });
const weak = heap.weakref.ref(person);
const map = heap.weakref.keyMap();
map.set(person, list);
const proxy = heap.weakref.proxy(person);
heap.roots.set("root", list);
trace(heap).start({ frames: 4 });

/**
 * An engine with proper tail calls has no frame for a function that only returns what it calls. So nothing here does,
 * also not once a minifier has put this function in the place of its calls.
 */
function keep(made) {
  globalThis.kept = made;
  return made;
}
function twin() {
  return keep(heap.list([this.title])); // HERE twin
}
class Store {
  subscribe() {
    return keep(heap.list()); // HERE Store
  }
}
class FileHandle {
  open() {
    return keep(Person.new()); // HERE FileHandle
  }
}
class Heap2 {
  get list() {
    return keep(heap.dict()); // HERE accessor
  }
}
function siteHere() {
  return keep(heap.str("text")); // HERE siteHere
}
function* generated(made) {
  made.push(heap.list()); // HERE generator
  yield 1;
}

const ways = {
  twin: () => person.twin(),
  Store: () => new Store().subscribe(),
  FileHandle: () => new FileHandle().open(),
  accessor: () => new Heap2().list,
  siteHere: () => siteHere(),
  from: () => keep(heap.from({ a: [1, 2] })), // HERE from
  field: () => keep(person.buddy), // HERE field
  get: () => keep(list.get(0)), // HERE get
  none: () => keep(heap.none), // HERE none
  deref: () => keep(weak.deref()), // HERE deref
  loop: () => {
    for (const one of list) return keep(one); // HERE loop
  },
  values: () => keep([...dict.values()][0]), // HERE values
  roots: () => keep([...heap.roots.values()][0]), // HERE roots
  lending: () => {
    for (const one of lending(list)) return keep(one.clone()); // HERE lending
  },
  scope: () =>
    heap.scope(() => {
      return keep(heap.list()); // HERE scope
    }),
  pause: () =>
    heap.gc.pause(() => {
      return keep(heap.set()); // HERE pause
    }),
  nested: () => heap.scope(() => heap.gc.pause(() => heap.scope(() => keep(heap.list())))), // HERE nested
  generator: () => {
    const made = [];
    heap.list(generated(made));
    return made[0];
  },
  getter: () => {
    const made = [];
    heap.from({
      get a() {
        made.push(heap.list()); // HERE getter
        return 1;
      },
    });
    return made[0];
  },
  comparator: () => {
    const made = [];
    heap.list([2, 1]).sort((a, b) => {
      made.push(heap.list()); // HERE comparator
      return a - b;
    });
    return made[0];
  },
  finalizer: () => {
    const made = [];
    const Mortal = heap.struct("Mortal", {}, { finalize: () => made.push(heap.list()) }); // HERE finalizer
    Mortal.new().release();
    return made[0];
  },
  callback: () => {
    const made = [];
    const mortal = Person.new();
    heap.weakref.ref(mortal, () => made.push(heap.list())); // HERE callback
    mortal.release();
    return made[0];
  },
  atDeath: () => {
    const made = [];
    const mortal = Person.new();
    heap.weakref.finalize(mortal, () => made.push(heap.list())).call(); // HERE atDeath
    return made[0];
  },
  collected: () => {
    const made = [];
    heap.gc.callbacks.push(() => made.push(heap.list())); // HERE collected
    heap.gc.collect();
    heap.gc.callbacks.pop();
    return made[0];
  },
  proxied: () => keep(proxy.buddy), // HERE proxied
  throughProxy: () => keep(proxy.clone()), // HERE throughProxy
  twinOfProxy: () => proxy.twin(),
  weakMap: () => keep(map.get(person)), // HERE weakMap
  weakKeys: () => keep([...map.keys()][0]), // HERE weakKeys
  objects: () => keep(heap.gc.getObjects()[0]), // HERE objects
  helpers: () => keep(list[Symbol.iterator]().toArray?.()[0] ?? list.get(0)), // HERE helpers
};

/** Of each way: where its handle was made, and its object unless that was there before. */
const report = {};
for (const [way, make] of Object.entries(ways)) {
  trace(heap).clear();
  const handle = make();
  report[way] = [siteOf(handle), trace(heap).getObjectTraceback(handle)?.join("\n")].filter(
    (site) => site !== undefined,
  );
}
const { core } = heap;
trace(heap).clear();
const holder = heap.list();
const raw = core.alloc(Person.id); // HERE raw
const [many] = heap.batch.create(Person, 1); // HERE batch
for (const [way, address] of Object.entries({ raw, batch: many })) {
  core.setRef(address, 0, holder.address);
  const handle = heap.gc.getReferrers(holder).find((one) => one.address === address);
  report[way] = [trace(heap).getObjectTraceback(handle).join("\n")];
}
console.log(JSON.stringify(report));

function siteOf(handle) {
  return heap.handles().findLast(({ address }) => address === handle.address)?.site;
}
