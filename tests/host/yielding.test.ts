// Loops that give way to the event loop: what they give, hold and throw.

import { describe, expect, test } from "vitest";
import { Heap, lending, yielding } from "../../src/index.js";
import type { Handle, ListHandle } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";

/** At each step, whatever the clock says. */
const ALWAYS = { afterMs: 0 };

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const value of values) got.push(value);
  return got;
}

/** What ends a loop: the error, or "end". */
async function endOf(loop: AsyncIterable<unknown>, body: (index: number) => unknown): Promise<unknown> {
  let index = 0;
  try {
    for await (const _ of loop) await body(index++);
    return "end";
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(CORES)("yielding(), %s core", (_, options) => {
  test("gives what a loop gives, of containers, weak maps, iterators and what is not of the heap", async () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", {});
    const [a, b] = [Node.new(), Node.new()];
    const sources: (() => Iterable<unknown>)[] = [
      ...[() => heap.list([1, "b", null]), () => heap.tuple([1, 2]), () => heap.dict({ a: 1, b: 2 })],
      ...[
        () => heap.set([3, 4]),
        () => heap.list(),
        () => heap.dict({ a: 1 }).keys(),
        () => heap.dict({ a: 1 }).values(),
      ],
      ...[() => [1, 2], () => new Map([[1, 2]]), () => new Set([1]).values()],
    ];
    for (const source of sources) expect(await all(yielding(source(), ALWAYS))).toEqual([...source()]);
    const keyMap = heap.weakref.keyMap([[a, 1], [b, 2]]); // prettier-ignore
    const valueMap = heap.weakref.valueMap([["a", a], ["b", b]]); // prettier-ignore
    expect((await all(yielding(keyMap, ALWAYS))).map(([, value]) => value)).toEqual([1, 2]);
    expect((await all(yielding(valueMap, ALWAYS))).map(([key]) => key)).toEqual(["a", "b"]);
    expect((await all(yielding(heap.weakref.set([a, b]), ALWAYS))).map((one) => a.is(one))).toEqual([true, false]);
    heap.verify();
    heap.dispose();
  });

  test("lets other work run meanwhile, and a list that grows is followed", async () => {
    const heap = Heap.createSync(options());
    const list = heap.list([0, 1, 2]) as ListHandle<number>;
    let immediates = 0;
    let isOver = false;
    const count = (): void => {
      if (isOver) return;
      immediates++;
      if (list.length < 10) list.append(list.length);
      setImmediate(count);
    };
    setImmediate(count);
    const got: number[] = [];
    // The clock may stand still for a step, so the body waits, too.
    for await (const value of yielding(list, ALWAYS)) {
      got.push(value);
      if (value === 0) await tick();
    }
    isOver = true;
    expect(immediates).toBeGreaterThan(0);
    expect(got.slice(0, 4)).toEqual([0, 1, 2, 3]);
    heap.verify();
    heap.dispose();
  });

  test("a loop without pauses of its own gives way", async () => {
    const heap = Heap.createSync(options());
    const list = heap.from(Uint32Array.from({ length: 20_000 }, (_none, i) => i));
    let hasRun = false;
    setImmediate(() => (hasRun = true));
    let count = 0;
    for await (const _value of yielding(list, ALWAYS)) count++;
    expect([count, hasRun]).toEqual([20_000, true]);
    heap.dispose();
  });

  test("holds its container over the end of a scope, and leaves nothing when it is left", async () => {
    const heap = Heap.createSync(options());
    const { handles } = heap.stats();
    const Node = heap.struct("Node", { other: "ref" });
    const objects = heap.stats().objects;
    const walk = heap.scope(() => {
      const nodes = heap.list([Node.new(), Node.new(), Node.new()]);
      const loop = yielding(lending(nodes), ALWAYS);
      return { first: loop.next(), loop };
    });
    expect(await walk.first).toMatchObject({ done: false });
    heap.gc.collect();
    expect((await walk.loop.next()).done).toBe(false);
    expect(await walk.loop.return()).toEqual({ done: true, value: undefined });
    expect(await walk.loop.next()).toEqual({ done: true, value: undefined });
    expect([heap.stats().handles, heap.stats().objects]).toEqual([handles, objects]);
    heap.verify();

    const nodes = heap.list([Node.new(), Node.new()]);
    const before = heap.stats().handles;
    for await (const _node of yielding(lending(nodes), ALWAYS)) break;
    expect(await endOf(yielding(lending(nodes), ALWAYS), () => Promise.reject(new Error("mine")))).toEqual(
      new Error("mine"),
    );
    expect([heap.stats().handles, nodes.refcount]).toEqual([before, 1]);
    heap.verify();
    heap.dispose();
  });

  test("ends with CONTAINER_CHANGED as other loops do, and HEAP_DISPOSED", async () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", {});
    const dict = heap.dict<string, number>({ a: 1, b: 2 });
    const set = heap.set([1, 2]);
    const [one, two] = [Node.new(), Node.new()];
    const weak = heap.weakref.keyMap([[one, 1], [two, 2]]); // prettier-ignore
    const { handles } = heap.stats();
    const results = [
      await endOf(yielding(dict, ALWAYS), () => tick().then(() => dict.set("c", 3))),
      await endOf(yielding(set, ALWAYS), () => tick().then(() => set.add(3))),
      await endOf(yielding(lending(weak), ALWAYS), () => tick().then(() => weak.delete(two))),
      await endOf(yielding(dict, ALWAYS), () => tick().then(() => dict.set("a", 3))),
    ];
    expect(results).toEqual(["CONTAINER_CHANGED", "CONTAINER_CHANGED", "CONTAINER_CHANGED", "end"]);
    expect(heap.stats().handles).toBe(handles);
    heap.verify();
    const ends = [dict, set, lending(weak), heap.list([1, 2])].map((source) => {
      const loop = yielding<unknown>(source, ALWAYS);
      return loop.next().then(() => loop);
    });
    const loops = await Promise.all(ends);
    heap.dispose();
    expect(await Promise.all(loops.map((loop) => endOf(loop, () => undefined)))).toEqual(
      loops.map(() => "HEAP_DISPOSED"),
    );
  });

  test("ends with the reason of its signal, whatever that is, and leaves nothing", async () => {
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", {});
    const nodes = heap.list<Handle>([Node.new(), Node.new(), Node.new()]);
    const { handles } = heap.stats();
    for (const reason of [new Error("mine"), "text", null, undefined]) {
      const control = new AbortController();
      const seen: number[] = [];
      const loop = yielding(lending(nodes), { ...ALWAYS, signal: control.signal });
      const end = await endOf(loop, (index) => {
        seen.push(index);
        if (index === 1) control.abort(reason);
      }).catch((error: unknown) => error);
      expect(seen).toEqual([0, 1]);
      if (reason instanceof Error) expect(end).toBe(reason);
      expect([heap.stats().handles, nodes.refcount]).toEqual([handles, 1]);
    }
    const before = yielding(nodes, { signal: AbortSignal.abort("early") });
    await expect(before.next()).rejects.toBe("early");
    expect(await before.next()).toEqual({ done: true, value: undefined });
    heap.verify();
    heap.dispose();
  });

  test("several steps asked for at once are done one after the other", async () => {
    const heap = Heap.createSync(options());
    const loop = yielding(heap.list([1, 2, 3]), ALWAYS);
    await tick();
    const steps = await Promise.all([loop.next(), loop.next(), loop.next(), loop.next(), loop.return()]);
    expect(steps.map((step) => step?.value as unknown)).toEqual([1, 2, 3, undefined, undefined]);
    heap.dispose();
  });

  test("refuses what it cannot use with a code", () => {
    const heap = Heap.createSync(options());
    const list = heap.list([1]);
    const bad = [{ signal: {} }, { afterMs: -1 }, { afterMs: NaN }, { afterMs: "1" }, { steps: 1 }, null, 5];
    for (const one of bad) expect(codeOf(() => yielding(list, one as never))).toBe("BAD_OPTION");
    for (const one of [undefined, null, 5, {}, new Proxy(list, {})])
      expect(codeOf(() => yielding(one as never))).toBe("BAD_VALUE");
    heap.dispose();
  });
});
