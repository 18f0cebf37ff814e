// A program that uses the package, to be compiled against its types by each version of TypeScript that they are for, with
// and without the library "DOM" (scripts/test-types.mjs). It does not run.

import { Heap, lending, ref, required, weak } from "heapwright";
import type {
  DictHandle,
  Handle,
  ListHandle,
  ObjectOf,
  SetHandle,
  StructType,
  TupleHandle,
  Value,
  WeakrefHandle,
} from "heapwright";
import { checkedCore } from "heapwright/checked";
import { dominators, readImageSync } from "heapwright/dump";
import { restore, restoreSync, save, saveStream, share } from "heapwright/image";
import { Heap as Slim } from "heapwright/slim";
import { trace } from "heapwright/trace";
import { asObject, openView } from "heapwright/view";
import type { DictView, ListView, NodeView, View, ViewValue } from "heapwright/view";

export const heap = Heap.createSync({ module: checkedCore(), maxBytes: 1 << 20 });
export const slim = Slim.createSync({ module: new Uint8Array(8) });

// Structs that lead to themselves and to each other.
export const Person = heap.struct("Person", {
  title: "str",
  age: "u8",
  get buddy() {
    return ref(Person);
  },
  get home() {
    return weak(House);
  },
});
export const House = heap.struct("House", {
  street: required("str"),
  get owner() {
    return ref(Person);
  },
});
export const Child = heap.struct("Child", { toy: "str" }, { extends: Person });
// With options besides, fields with getters are a constant of their own.
const dogFields = {
  name: "str",
  get friend() {
    return ref(Dog);
  },
} as const;
export const Dog = heap.struct("Dog", dogFields, {
  methods: {
    bark(): string | null | undefined {
      return this.friend?.name;
    },
  },
  finalize: (dog) => {
    console.log(dog.name, dog.friend?.bark());
  },
});
Dog.new({ name: "Rex", friend: Dog.new() }).friend?.bark();

const alice = Person.new({ title: "Alice" });
const bob = Person.new({ title: "Bob", buddy: alice });
alice.buddy = bob;
export const title: string | null = alice.buddy.title;
export const deep: string | null | undefined = bob.buddy?.home?.owner?.buddy?.title;
export const street: string = House.new({ street: "Main" }).street;
alice.buddy = Child.new({ title: "Carol", toy: "ball" });
// @ts-expect-error: a title is a text
Person.new({ title: 3 });
// @ts-expect-error: there is no such field
Person.new({ ttile: "" });
// @ts-expect-error: a street is required
House.new();
// @ts-expect-error: a street is never null
House.new({ street: null });
// @ts-expect-error: there is no such field
alice.ttile = "x";
// @ts-expect-error: a house is no person
alice.buddy = House.new({ street: "Main" });
export const Twin = heap.struct("Twin", { title: "str", age: "u8", buddy: ref(Person), home: weak(House) });
// @ts-expect-error: nor is an object of a struct with the same fields
alice.buddy = Twin.new();
// @ts-expect-error: there is no type of that name
heap.struct("Odd", { field: "string" }).new({ field: "x" });

// Paths.
export const a: string | null = alice.read("buddy", "title");
export const b: string | null = alice.read("buddy", "home", "street");
export const c: number = alice.read<number>("buddy", "age");
// @ts-expect-error: there is no such field
alice.read("budy");
// @ts-expect-error: nor there
alice.read("buddy", "ttile");
alice.set("title", "x");
// @ts-expect-error: a title is a text
alice.set("title", 1);
// @ts-expect-error: there is no such field
alice.get("ttile");

// Containers.
let total = 0;
const orders = heap.list([heap.from({ price: 1 })]);
for (const order of lending(orders)) total += order.read("price");
export const sum = total;
export const numbers: number[] = heap.list([1, 2]).toJS();
for (const [key, value] of heap.dict({ a: 1 })) {
  const k: string = key;
  const v: number = value;
  console.log(k, v);
}
export const pair: TupleHandle<readonly [number, string]> = heap.tuple([1, "x"]);
export const one: number = pair.get(0);
export const set: Set<string> = heap.set(["a"]).toJS();
export const united: Set<string | number> = heap.set(["a"]).union([1, 2]).toJS();
export const unitedKeys: Set<string | number> = heap
  .set(["a"])
  .union(heap.dict([[1, true]]))
  .toJS();
export const shared: SetHandle<string> = heap.set(["a"]).intersection(new Set([1, "a"]));
export const oneOfBoth: SetHandle<string | bigint> = heap.set(["a"]).symmetricDifference(heap.list([1n]));
export const map: Map<number, string> = heap.dict([[1, "one"]]).toJS();
export const mixed: DictHandle = heap.dict([
  [1, "one"],
  ["two", heap.list()],
]);
export const lines: ListHandle = heap.from([{ sku: "A" }]).slice();
export const doc: { id: number } = heap.from({ id: 7 }).toJS();
export const text: string = heap.str("x").toJS();
export const sumOfInt: number = heap.int(5).toJS() + 1;
// @ts-expect-error: a list of numbers takes no texts
heap.list([1]).append("x");
heap.list<number | string>([1]).append("x");
export const ages: DictHandle<string, number> = heap.dict();
export const drawing: DictHandle<string, Value> = heap.dict<string, Value>({ color: "red", points: [[0, 1]] });
export class Cache<K extends Value, V extends Handle> {
  readonly entries: DictHandle<K, V> = heap.dict<K, V>();
  readonly order: ListHandle<K> = heap.list<K>();
}
// What is sought has the type of what is there. Numbers, bigints and booleans may be equal, and a str handle to a text.
export const age: number | undefined = ages.get("Alice") ?? ages.pop(heap.str("Bob"));
// @ts-expect-error: a text is never equal to a number
ages.get(7);
// @ts-expect-error: the same
ages.has(7);
// @ts-expect-error: the same
ages.delete(true);
// @ts-expect-error: the same
ages.pop(1n, 0);
export const isThere: boolean =
  heap.set([1]).has(true) && heap.list([1]).includes(1n) && heap.tuple([1, "x"]).includes("x");
// @ts-expect-error: a number is never equal to a text
heap.set([1]).has("1");
// @ts-expect-error: the same
heap.list([1]).remove("1");
const people = heap.list([alice]);
people.remove(bob);
// @ts-expect-error: an object of another struct
people.remove(Twin.new());
export function forget<K extends Value, V extends Value>(dict: DictHandle<K, V>, key: K): V | undefined {
  return dict.has(key) ? dict.pop(key) : dict.get(key);
}
heap.from({ a: 1 }).get(1);
heap.list<Value>().includes(heap.set());
export const isKnown: boolean = heap.set([heap.frozenset([1, 2])]).has(heap.set([2, 1]));
export const cell = heap.struct("Cell", { content: "value" }).new({ content: [1] });
cell.set("content", { a: 1 });
heap.list().append("x");

// Weak references, named roots, the collector.
export const weakref: WeakrefHandle<ObjectOf<typeof Person>> = heap.weakref.ref(alice);
export const again: string | null | undefined = weakref.deref()?.title;
heap.roots.set("alice", alice);
export const root: string | null | undefined = heap.roots.get("alice", Person)?.title;
export const found: (string | null)[] = heap.gc.getObjects(Person).map((person) => person.title);
export const referrers: Handle[] = heap.gc.getReferrers(alice);
const notes = heap.weakref.keyMap<ObjectOf<typeof Person>, string>();
notes.set(alice, "note");
// @ts-expect-error: notes are texts
notes.set(alice, 1);

// The options of a struct, in any order.
export const First = heap.struct(
  "First",
  { n: "u32" },
  {
    finalize: (object) => {
      const n: number = object.twice();
      console.log(n, object.n);
      // @ts-expect-error: there is no such method
      object.thrice();
    },
    methods: {
      twice() {
        return 2 * this.n;
      },
    },
  },
);
export const Second = heap.struct(
  "Second",
  { m: "u32" },
  {
    finalize(object) {
      console.log(object.sum() + object.twice());
    },
    methods: {
      sum() {
        return this.m + this.twice();
      },
    },
    extends: First,
  },
);
export const twice: number = Second.new({ n: 1, m: 2 }).sum();
export const log = (handle: Handle): void => console.log(handle.type);
export const Third = heap.struct("Third", {}, { finalize: log });
export const plain: StructType<{ readonly n: "u32" }, unknown> = heap.struct("Plain", { n: "u32" });

// Images, dumps, traces.
export async function images(): Promise<Handle | undefined> {
  const bytes = save(heap);
  const nodes = readImageSync(bytes);
  console.log(dominators, nodes.nodes.count, saveStream(heap), restoreSync(bytes));
  trace(heap).start();
  const restored: Heap = await restore(bytes);
  return restored.roots.get("alice");
}

// Views.
interface Roots {
  alice: typeof Person;
  orders: ListHandle<DictHandle<string, number>>;
  text: string;
}
const view = openView<Roots>(share(heap));
const aliceView: View<typeof Person> | undefined = view.roots.get("alice");
export const viewTitle: string | null | undefined = aliceView?.buddy?.home?.owner?.title;
export const viewStreet: string | null | undefined = aliceView?.read("buddy", "home", "street");
export const viewName: string | null | undefined = aliceView?.read("buddy", "title");
// @ts-expect-error: there is no such field
aliceView?.read("budy");
// @ts-expect-error: nor there
aliceView?.read("buddy", "ttile");
// @ts-expect-error: a view cannot be changed
if (aliceView) aliceView.title = "x";
export const orderViews: ListView<DictView<string, number>> | undefined = view.roots.get("orders");
export const price: number | undefined = orderViews?.get(0).get("price");
// @ts-expect-error: a text is never equal to a number
orderViews?.get(0).get(7);
export const viewText: string | undefined = view.roots.get("text");
interface Doc {
  id: number;
  lines: { price: number }[];
}
const docView: View<Doc> = openView(share(heap)).roots.get<Doc>("doc")!;
export const lineViews: number | ListView<DictView<"price", number>> | undefined = docView.get("lines");
// @ts-expect-error: there is no such root
view.read("bob");
export const anything: ViewValue | undefined = openView(new Uint8Array()).roots.get<Handle>("x");
export const port: number = openView(new ArrayBuffer(8)).read<number>("config", "port");
export const looks: unknown = asObject(view.roots.get("orders") as NodeView);
