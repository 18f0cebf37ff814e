import type { Value, DictHandle } from "../../src/index.js";
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { Handle, lending } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("display of values, %s core", (_, options) => {
  test("`console.log` shows Python's repr, cycles cut", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<Value>([1, 2.5, "it's", null, true, Uint8Array.of(1, 65)]);
      list.append(list);
      expect(inspect(list)).toBe(`[1, 2.5, "it's", None, True, b'\\x01A', [...]]`);
      const dict: DictHandle = heap.dict({ a: list });
      dict.set(heap.tuple([1]), dict);
      expect(inspect(dict)).toBe(`{'a': [1, 2.5, "it's", None, True, b'\\x01A', [...]], (1,): {...}}`);
      expect([inspect(heap.set()), inspect(heap.set([1])), inspect(heap.tuple())]).toEqual(["set()", "{1}", "()"]);
      const Node = heap.struct("Node", { next: "ref" });
      const node = Node.new();
      node.next = node;
      expect(inspect(node)).toBe("Node(next=...)");
      expect([inspect(new Proxy(node, {})), inspect(Object.create(node))]).toEqual(
        Array(2).fill("<proxy of a handle>"),
      );
      const weak = heap.weakref.ref(node);
      expect(inspect(weak)).toMatch(/^<weakref at 0x[0-9a-f]+; to 'Node' at 0x[0-9a-f]+>$/);
      node.next = null;
      node.release();
      expect(inspect(weak)).toMatch(/; dead>$/);
      expect(inspect(node)).toBe("<released handle>");
      // A list that is shared, and not inside itself, is written each time.
      const shared = heap.list([1]);
      expect(inspect(heap.list([shared, shared]))).toBe("[[1], [1]]");
      list.clear();
    });
  });

  test("of a huge value only the start is shown; `repr` writes it all", () => {
    withHeap(options(), (heap) => {
      const list = heap.list(Array.from({ length: 100_000 }, (_, i) => i));
      expect(inspect(list)).toMatch(/^\[0, 1, 2, .*\.\.\.$/);
      expect(inspect(list).length).toBe(10_003);
      expect(list.repr().length).toBe(688_890);
    });
  });

  test("output is cut at the limit, wherever a value begins", () => {
    withHeap(options(), (heap) => {
      for (let before = 9_990; before < 10_003; before++)
        for (const depth of [0, 2])
          heap.scope(() => {
            const parts = ["x".repeat(before), "y".repeat(50_000), [1], { a: "z".repeat(50_000) }];
            const whole = heap.list(parts);
            expect(inspect(whole, { depth })).toBe(`${whole.repr().slice(0, 10_000)}...`);
          });
    });
  });

  test("parts that are not shown are not read", () => {
    withHeap(options(), (heap) => {
      const numbers = Array.from({ length: 20_000 }, (_, i) => i);
      const [dict, set] = [heap.dict(numbers.map((n) => [n, n])), heap.set(numbers)];
      for (const n of numbers.slice(0, 7)) [dict, set].map((table) => table.delete(n));
      const deep = heap.list(Array.from({ length: 40 }, () => [dict, set]).flat());
      const reads = vi.spyOn(dict.store.memory, "word");
      expect(inspect(dict).slice(0, 12)).toBe("{7: 7, 8: 8,");
      expect(inspect(set).slice(0, 6)).toBe("{7, 8,");
      expect(inspect(deep, { depth: 0 })).toContain("<dict of 19993>, <set of 19993>");
      expect(reads.mock.calls.length).toBeLessThan(2 * numbers.length);
      reads.mockRestore();
    });
  });

  test("a program's stylize runs after everything is read, and its errors are thrown", () => {
    withHeap(options(), (heap) => {
      const list = heap.list<Value | number[]>([[1, 2], "a", null]);
      const boom = new Error("boom");
      const shown = (stylize: unknown): string => inspect(list, { stylize } as never);
      expect(() =>
        shown(() => {
          throw boom;
        }),
      ).toThrow(boom);
      expect([shown(5), shown(() => 7), shown((text: string) => `<${text}>`)]).toEqual([
        "[[1, 2], 'a', None]",
        "[[7, 7], 7, 7]",
        "[[<1>, <2>], <'a'>, <None>]",
      ]);
      const release = (text: string): string => {
        list.release();
        heap.gc.collect();
        heap.list(["other", ["things"]]).release();
        return text;
      };
      expect(shown(release)).toBe("[[1, 2], 'a', None]");
    });
  });

  test("depth does not limit repr, toJS and toJSON", () => {
    withHeap(options(), (heap) => {
      let deep = heap.list();
      for (let i = 0; i < 100_000; i++) {
        const outer = heap.list([deep]);
        deep.release();
        deep = outer;
      }
      expect(deep.repr().length).toBe(200_002);
      expect(Array.isArray(deep.toJS()) && Array.isArray(deep.toJSON())).toBe(true);
    });
  });

  test("JSON.stringify writes the values that JSON has, like json.dumps", () => {
    withHeap(options(), (heap) => {
      const Point = heap.struct("Point", { x: "f64", big: "i64", name: "str" });
      const dict = heap.dict([
        ["a", heap.tuple([1, 2.5, null, true])],
        [1, "one"],
        [true, "also one"],
        [null, Point.new({ x: 1, big: 5n, name: "p" })],
        [2.5, heap.from(new Map([["k", 5n]]))],
      ]);
      expect(JSON.stringify({ dict })).toBe(
        '{"dict":{"1":"also one","a":[1,2.5,null,true],"null":{"x":1,"big":5,"name":"p"},"2.5":{"k":5}}}',
      );
      for (const bad of [heap.set([1]), heap.bytes(new Uint8Array(1)), heap.int(2n ** 60n)])
        expect(codeOf(() => JSON.stringify(bad))).toBe("BAD_VALUE");
      expect(codeOf(() => JSON.stringify(heap.dict([[heap.tuple(), 1]])))).toBe("BAD_VALUE");
      const list = heap.list();
      list.append(list);
      expect(() => JSON.stringify(list)).toThrow(TypeError); // as for any cycle
      list.clear();
    });
  });

  test("a string is its text in a template, any other object its repr", () => {
    withHeap(options(), (heap) => {
      expect(`${heap.str("it's")} ${heap.list(["it's"])} ${heap.int(5)}`).toBe(`it's ["it's"] 5`);
    });
  });

  test("a dict that was created from an object and got other keys becomes a Map", () => {
    withHeap(options(), (heap) => {
      const dict = heap.from({ a: 1 });
      dict.set("b", 2).set(heap.str("c"), 3);
      expect(dict.toJS()).toEqual({ a: 1, b: 2, c: 3 });
      dict.set(5, null);
      expect([...(dict.toJS() as Map<unknown, unknown>)]).toEqual([
        ["a", 1],
        ["b", 2],
        ["c", 3],
        [5, null],
      ]);
    });
  });
});

describe.each(CORES)("iterators, %s core", (_, options) => {
  test("hold their container, and release it when the loop ends early", () => {
    withHeap(options(), (heap) => {
      const Probe = heap.struct("Probe", { n: "u8" }, { finalize: () => dead++ });
      let dead = 0;
      const fill = (): ReturnType<typeof heap.list> => heap.scope(() => heap.list([1, 2, Probe.new({ n: 1 })]));
      for (const make of [
        () => fill(),
        () => heap.scope(() => heap.set([1, 2, Probe.new()])),
        () =>
          heap.scope(() =>
            heap.dict([
              [1, 2],
              [2, Probe.new()],
            ]),
          ),
        () => heap.scope(() => heap.tuple([1, 2, Probe.new()])),
      ]) {
        dead = 0;
        const container = make();
        let steps = 0;
        for (const value of container) {
          container.release();
          expect(dead).toBe(0);
          void value;
          steps++;
          break;
        }
        expect([steps, dead]).toEqual([1, 1]);
        heap.verify();
      }
    });
  });

  test("an iterator that was never started, or is done, holds nothing", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict([[1, 2]]);
      void dict.keys();
      expect([...dict.keys(), ...dict.values()]).toEqual([1, 2]);
      expect(dict.refcount).toBe(1);
    });
  });

  test("an added or removed entry is a named error; a changed list is followed", () => {
    withHeap(options(), (heap) => {
      const dict = heap.dict([
        [1, 1],
        [2, 2],
      ]);
      const going = (change: () => void) => () => {
        for (const key of dict.keys()) {
          void key;
          change();
        }
      };
      expect(codeOf(going(() => dict.set(3, 3)))).toBe("CONTAINER_CHANGED");
      expect(codeOf(going(() => dict.delete(1)))).toBe("CONTAINER_CHANGED");
      expect(codeOf(going(() => dict.clear()))).toBe("CONTAINER_CHANGED");
      dict.update([
        [1, 1],
        [2, 2],
      ]);
      expect(codeOf(going(() => dict.set(1, 5)))).toBe("no error");
      const keys = dict.keys();
      dict.set(9, 9);
      expect(codeOf(() => keys.next())).toBe("CONTAINER_CHANGED");
      dict.delete(9);
      const list = heap.list([1, 2]);
      const seen: unknown[] = [];
      for (const item of list) {
        seen.push(item);
        if (list.length < 5) list.append(seen.length + 2);
      }
      expect([seen, dict.refcount, list.refcount]).toEqual([[1, 2, 3, 4, 5], 1, 1]);
    });
  });
});

describe.each(CORES)("reading down a path, %s core", (_, options) => {
  test("goes through dicts, lists, tuples and structs, and leaves no handle", () => {
    withHeap(options(), (heap) => {
      const Person = heap.struct("Person", { title: "str", buddy: "ref", age: "u8" });
      const order = heap.from({
        lines: [{ price: 5 }, { price: 7 }],
        none: null,
        people: heap.tuple([Person.new({ title: "Al", age: 7, buddy: heap.list([1, "x"]) })]),
      });
      const before = heap.stats().handles;
      expect(order.read("lines", 1, "price")).toBe(7);
      expect(order.read("lines", -1, "price")).toBe(7);
      expect(order.read("people", 0, "title")).toBe("Al");
      expect(order.read("people", 0, "age")).toBe(7);
      expect(order.read("people", 0, "buddy", 1)).toBe("x");
      expect([order.read("none", "deeper"), order.read("none")]).toEqual([null, null]);
      expect([order.read("nothing"), order.read("nothing", "deeper")]).toEqual([undefined, undefined]);
      expect(heap.stats().handles).toBe(before);
      expect(codeOf(() => order.read("lines", 2))).toBe("BAD_INDEX");
      expect(codeOf(() => order.read("lines", "0"))).toBe("BAD_INDEX");
      expect(codeOf(() => order.read("people", 0, "height"))).toBe("BAD_FIELD");
      expect(codeOf(() => order.read("people", 0, "age", 1))).toBe("BAD_FIELD");
      expect(codeOf(() => order.read("lines", 0, "price", 1))).toBe("BAD_FIELD");
      expect(codeOf(() => order.read(heap.list()))).toBe("BAD_KEY");
      const line = order.read("lines", 0) as { repr(): string };
      expect(line.repr()).toBe("{'price': 5}");
    });
  });

  test("`lending` releases the handles of a loop, also when it breaks off", () => {
    withHeap(options(), (heap) => {
      const list = heap.from([[1], [2], [3], 4]);
      const before = heap.stats().handles;
      const seen: unknown[] = [];
      for (const item of lending(list)) seen.push(item instanceof Handle ? item.toJS() : item);
      for (const [key, value] of lending(heap.dict([[1, list]]))) {
        seen.push(key, value);
        break;
      }
      expect(seen.slice(0, 5)).toEqual([[1], [2], [3], 4, 1]);
      expect((seen[5] as Handle).released).toBe(true);
      expect(heap.stats().handles - before).toBe(1); // the dict's own
    });
  });
});
