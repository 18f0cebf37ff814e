// Fields with a type of their own: ref(), weak(), required(), and getters that give them.

import { describe, expect, test } from "vitest";
import { restoreSync, save } from "../../src/image.js";
import { Heap, ref, required, weak } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("%s core", (_, options) => {
  test("a getter is called once, when the first object is created", () => {
    withHeap(options(), (heap) => {
      let calls = 0;
      const Person = heap.struct("Person", {
        title: "str",
        get buddy() {
          calls++;
          return ref(Person);
        },
      });
      const Child = heap.struct("Child", { toy: "str" }, { extends: Person });
      expect([calls, Child.slotOf("buddy")]).toEqual([0, 1]);
      const alice = Person.new({ title: "Alice" });
      const bob = Child.new({ title: "Bob", toy: "ball", buddy: alice });
      alice.buddy = bob;
      expect([alice.buddy.title, alice.buddy.buddy?.title, bob.read("buddy", "title"), calls]).toEqual([
        "Bob",
        "Alice",
        "Alice",
        1,
      ]);
      expect(alice.toJS()).toMatchObject({ title: "Alice", buddy: { title: "Bob", toy: "ball" } });
      expect(Person.fields.title).toBe("str");
      expect(Object.keys(Child.fields)).toEqual(["title", "buddy", "toy"]);
      alice.buddy = null;
      heap.verify();
    });
  });

  test("a getter that names an undefined struct is an error, and is called again", () => {
    withHeap(options(), (heap) => {
      const later: { House?: ReturnType<typeof defineHouse> } = {};
      const defineHouse = () => heap.struct("House", { street: "str" });
      const Person = heap.struct("Person", {
        get home() {
          return ref(later.House as ReturnType<typeof defineHouse>);
        },
      });
      expect(codeOf(() => Person.new())).toBe("BAD_FIELD");
      later.House = defineHouse();
      expect(Person.new({ home: later.House.new({ street: "Main" }) }).read("home", "street")).toBe("Main");
      const Raw = heap.struct("Raw", {
        get age() {
          return "u8" as const;
        },
      });
      expect(() => Raw.new()).toThrow("a getter gives a reference");
      heap.verify();
    });
  });

  test("an object of another struct is rejected; one of an extending struct is accepted", () => {
    withHeap(options(), (heap) => {
      const Person = heap.struct("Person", {
        get buddy() {
          return ref(Person);
        },
      });
      const Twin = heap.struct("Twin", {
        get buddy() {
          return ref(Person);
        },
      });
      const Child = heap.struct("Child", {}, { extends: Person });
      const person = Person.new({ buddy: Child.new() });
      const wrong = [Twin.new(), heap.list(), heap.str("x")];
      for (const object of wrong) {
        expect(() => (person.buddy = object as never)).toThrow(
          "Person.buddy: expected an object of Person, got one of",
        );
        expect(codeOf(() => Person.new({ buddy: object as never }))).toBe("BAD_VALUE");
      }
      expect(person.buddy?.type).toBe("Child");
      withHeap(options(), (other) => {
        const Foreign = heap.struct("Foreign", { other: ref(other.struct("Person", {})) });
        expect(codeOf(() => Foreign.new({ other: person as never }))).toBe("FOREIGN_TYPE");
      });
      expect(codeOf(() => ref("Person" as never))).toBe("BAD_FIELD");
      expect(() => weak(undefined as never)).toThrow("get field() { return weak(Struct); }");
      heap.verify();
    });
  });

  test("a weak field does not keep its object alive, and reads null after the object is dead", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", {
        name: "str",
        get parent() {
          return weak(Node);
        },
        any: "weak",
      });
      const parent = Node.new({ name: "top" });
      const child = Node.new({ name: "low", parent, any: heap.set([1]) });
      expect([parent.refcount, child.any?.type, child.parent?.name]).toEqual([1, "set", "top"]);
      expect(child.read("parent", "name")).toBe("top");
      expect(child.read("parent", "parent", "name")).toBeNull();
      expect(child.toJS()).toEqual({ name: "low", parent: null, any: null });
      expect(child.repr()).toMatch(/^Node\(name='low', parent=<weakref at 0x\w+; to 'Node' at/);
      expect(heap.gc.getReferents(child).map(({ type }) => type)).toContain("weakref");
      const before = heap.stats().objects;
      heap.scope(() => child.parent);
      heap.scope(() => child.read("parent"));
      expect(heap.stats().objects).toBe(before);
      expect(heap.weakref.getCount(parent)).toBe(1);
      heap.scope(() => {
        const held = child.parent;
        expect(held?.is(parent)).toBe(true);
      });
      heap.verify();
    });
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", {
        name: "str",
        get parent() {
          return weak(Node);
        },
      });
      const parent = Node.new({ name: "top" });
      const child = Node.new({ parent });
      parent.release();
      expect([child.parent, child.read("parent", "name"), child.get("parent")]).toEqual([null, null, null]);
      child.parent = child;
      child.parent = null;
      for (const wrong of [heap.list(), 5, undefined, "x"])
        expect(codeOf(() => (child.parent = wrong as never))).toBe("BAD_VALUE");
      const slot = Node.slotOf("parent");
      heap.core.setRef(child.address, slot, heap.list().address);
      expect(codeOf(() => child.parent)).toBe("BAD_VALUE");
      expect(codeOf(() => child.read("parent", "name"))).toBe("BAD_VALUE");
      heap.verify();
    });
  });

  test("a required field must be given, and rejects null", () => {
    withHeap(options(), (heap) => {
      const House = heap.struct("House", { street: required("str"), number: "u16" });
      const Person = heap.struct("Person", { home: required(ref(House)), any: required("ref") });
      const house = House.new({ street: "Main" });
      const person = Person.new({ home: house, any: house });
      expect(person.home.street.length).toBe(4);
      for (const init of [undefined, {}, { home: house }, { home: house, any: null }])
        expect(codeOf(() => Person.new(init as never))).toBe("BAD_VALUE");
      expect(() => House.new({ street: null as never })).toThrow("House.street: expected a string, got null");
      expect(codeOf(() => (person.home = null as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.batch.create(House, 2))).toBe("BAD_VALUE");
      for (const type of ["u8", "value", "weak", weak(House), 5, undefined])
        expect(codeOf(() => required(type as never))).toBe("BAD_FIELD");
      expect(house.street).toBe("Main");
      heap.verify();
    });
  });

  test("an image stores the required types of fields, and a program must define the same", () => {
    const define = (heap: Heap) => {
      const House = heap.struct("House", { street: required("str") });
      const Person = heap.struct("Person", {
        home: ref(House),
        get boss() {
          return weak(Person);
        },
      });
      return { House, Person };
    };
    withHeap(options(), (heap) => {
      const { House, Person } = define(heap);
      const alice = Person.new({ home: House.new({ street: "Main" }) });
      alice.boss = alice;
      heap.roots.set("alice", alice);
      const restored = restoreSync(save(heap), options());
      const early = restored.roots.get("alice") as typeof alice;
      expect([early.boss?.home?.street, early.read("home", "street")]).toEqual(["Main", "Main"]);
      expect(codeOf(() => (early.home = early as never))).toBe("BAD_VALUE");
      expect(codeOf(() => early.home?.set("street", null as never))).toBe("BAD_VALUE");
      expect(codeOf(() => restored.struct("House", { street: "str" }))).toBe("TYPE_MISMATCH");
      const Person2 = restored.struct("Person", {
        get home() {
          return "ref" as const;
        },
        get boss() {
          return "weak" as const;
        },
      });
      expect(codeOf(() => Person2.new())).toBe("TYPE_MISMATCH");
      restored.verify();
      const again = restoreSync(save(restored), options());
      const types = define(again);
      const last = again.roots.get("alice", types.Person);
      expect(last?.boss?.home?.street).toBe("Main");
      expect(types.Person.new({ boss: last ?? null }).boss?.is(last as NonNullable<typeof last>)).toBe(true);
      expect(codeOf(() => again.roots.get("alice", types.House))).toBe("BAD_VALUE");
      again.verify();
    });
  });

  test("the type of a field is read once; a proxy of a type is rejected", () => {
    withHeap(options(), (heap) => {
      const Item = heap.struct("Item", { n: "i32" });
      const type = ref(Item);
      const Holder = heap.struct("Holder", { to: type });
      for (const given of [type, Holder.fields.to, required(type)])
        expect(() => ((given as { kind: string }).kind = "weak")).toThrow(TypeError);
      const { proxy, revoke } = Proxy.revocable(type, {});
      for (const isRevoked of [false, true]) {
        if (isRevoked) revoke();
        expect(codeOf(() => heap.struct("Other", { to: proxy }))).toBe("BAD_FIELD");
        expect(codeOf(() => required(proxy))).toBe("BAD_FIELD");
        const Late = heap.struct(`Late ${isRevoked}`, {
          get to() {
            return proxy;
          },
        });
        expect(codeOf(() => Late.new())).toBe("BAD_FIELD");
      }
    });
  });

  test("gc.getObjects returns the objects of a struct", () => {
    withHeap(options(), (heap) => {
      const Person = heap.struct("Person", { title: "str" });
      const Child = heap.struct("Child", {}, { extends: Person });
      const made = [Person.new({ title: "Alice" }), Child.new({ title: "Bob" }), heap.list([1])];
      expect(heap.gc.getObjects(Person).map(({ title }) => title)).toEqual(["Alice", "Bob"]);
      expect(made.length).toBe(3);
    });
  });
});

describe.each(CORES)("asking whether a field is empty, %s core", (_, options) => {
  test("isNull and has create no handle, whatever the field's type", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { left: "ref", text: "str", any: "value", far: "weak", n: "u8" });
      using node = Node.new();
      using leaf = Node.new();
      const fields = ["left", "text", "any", "far", "n"] as const;
      const empty = (): boolean[] => fields.map((field) => node.isNull(field));
      expect(empty()).toEqual([true, true, true, true, false]);
      Object.assign(node, { left: leaf, text: "", any: leaf, far: leaf });
      const { handles } = heap.stats();
      expect([empty(), fields.map((field) => node.has(field))]).toEqual([Array(5).fill(false), Array(5).fill(true)]);
      expect(heap.stats().handles).toBe(handles);
      expect([(node.any = null), node.isNull("any")]).toEqual([null, true]);
      node.left = null;
      leaf.release();
      expect(node.isNull("far")).toBe(true);
      expect(codeOf(() => node.isNull("lefft" as never))).toBe("BAD_FIELD");
      node.release();
      expect([codeOf(() => node.isNull("n")), codeOf(() => node.has("left"))]).toEqual(
        Array(2).fill("RELEASED_HANDLE"),
      );
    });
  });
});
