// JSON text that comes in pieces: cut anywhere, given up, in the middle of other work on the heap.

import { describe, expect, test } from "vitest";
import { DictHandle, Heap, ListHandle } from "../../src/index.js";
import { CORES } from "../support/heap.js";
import { RIGHT, WRONG } from "../support/json-cases.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function taken(heap: Heap, pieces: Iterable<string | Uint8Array>): Promise<unknown> {
  const handle = await heap.parseStream(pieces);
  const value: unknown = handle.toJS();
  handle.release();
  return value;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe.each(CORES)("heap.parseStream, %s core", (_, options) => {
  test("a text may be cut at any byte and any UTF-16 unit", async () => {
    const heap = Heap.createSync(options());
    for (const text of RIGHT.filter(({ length }) => length < 60)) {
      const expected: unknown = JSON.parse(text);
      const bytes = utf8(text);
      for (let cut = 0; cut <= bytes.length; cut++)
        expect(await taken(heap, [bytes.subarray(0, cut), bytes.subarray(cut)]), text).toStrictEqual(expected);
      for (let cut = 0; cut <= text.length; cut++)
        expect(await taken(heap, [text.slice(0, cut), text.slice(cut)]), text).toStrictEqual(expected);
      expect(
        await taken(
          heap,
          Array.from(bytes, (byte) => new Uint8Array([byte])),
        ),
        text,
      ).toStrictEqual(expected);
    }
    heap.verify();
    heap.dispose();
  });

  test("errors have their place in the whole text", async () => {
    const heap = Heap.createSync(options());
    const before = heap.stats().objects;
    for (const [text, line, column] of WRONG) {
      const pieces = Array.from(utf8(text), (byte) => new Uint8Array([byte]));
      expect(await failureOf(heap.parseStream(pieces)), text).toMatchObject({ code: "BAD_JSON", line, column });
      heap.verify();
    }
    expect(heap.stats().objects).toBe(before);
    heap.dispose();
  });

  test("streams, async generators and generators are sources", async () => {
    const heap = Heap.createSync(options());
    const pieces = ["[1, {", utf8('"a": "é'), '"}]'];
    const stream = new ReadableStream<string | Uint8Array>({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    const generator = async function* (): AsyncGenerator<string | Uint8Array> {
      for (const piece of pieces) yield await Promise.resolve(piece);
    };
    for (const source of [stream, generator(), pieces.values(), pieces])
      expect((await heap.parseStream(source as AsyncIterable<string>)).toJS()).toEqual([1, { a: "é" }]);
    heap.dispose();
  });

  test("an aborted signal rejects with its reason, even if the source never answers; nothing is left", async () => {
    const heap = Heap.createSync(options());
    const before = heap.stats();
    const controller = new AbortController();
    let cancelled = 0;
    const stream = new ReadableStream<string>({
      start: (source) => {
        source.enqueue('[{"a": [1.5, "text"');
      },
      cancel: () => {
        cancelled++;
      },
    });
    const work = heap.parseStream(stream, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    heap.verify();
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await failureOf(work)).toBe(reason);
    heap.verify();
    expect(heap.stats().objects).toBe(before.objects);
    expect(heap.stats().bytes.live).toBe(before.bytes.live);
    expect(cancelled).toBe(1);
    expect(await failureOf(heap.parseStream(["1"], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    heap.dispose();
  });

  test("an error of the source is thrown unchanged, and nothing is left", async () => {
    const heap = Heap.createSync(options());
    const before = heap.stats().objects;
    const fault = new Error("torn");
    const torn = function* (): Generator<string> {
      yield '{"a": [1,';
      throw fault;
    };
    expect(await failureOf(heap.parseStream(torn()))).toBe(fault);
    expect(await failureOf(heap.parseStream([1] as never))).toMatchObject({ code: "BAD_VALUE" });
    expect(await failureOf(heap.parseStream("[1]" as never))).toMatchObject({ code: "BAD_VALUE" });
    expect(await failureOf(heap.parseStream(5 as never))).toMatchObject({ code: "BAD_VALUE" });
    expect(await failureOf(heap.parseStream([], { signal: {} } as never))).toMatchObject({ code: "BAD_OPTION" });
    heap.verify();
    expect(heap.stats().objects).toBe(before);
    heap.dispose();
  });

  test("between two pieces the program may collect, create garbage, change objects, and copy values", async () => {
    const heap = Heap.createSync(options());
    let dead = 0;
    const Node = heap.struct("Node", { next: "ref" }, { finalize: () => void dead++ });
    const text = JSON.stringify(
      Array.from({ length: 50 }, (_, i) => ({ id: i, tags: [`tag ${i}`, { i }], next: null })),
    );
    const pieces = function* (): Generator<string> {
      for (let at = 0; at < text.length; at += 40) {
        heap.scope(() => {
          const node = Node.new();
          node.next = node;
          heap.from({ id: text.slice(0, 20), tags: [] });
          for (const list of heap.gc.getObjects()) if (list.type === "dict" && at % 80 === 0) list.repr();
        });
        heap.gc.collect();
        heap.verify();
        yield text.slice(at, at + 40);
      }
    };
    const handle = await heap.parseStream(pieces());
    expect(handle.toJS()).toEqual(JSON.parse(text));
    expect(dead).toBeGreaterThan(20);
    handle.release();
    heap.verify();
    heap.dispose();
  });

  test("a heap that is disposed of between two pieces rejects", async () => {
    const heap = Heap.createSync(options());
    const pieces = function* (): Generator<string> {
      yield "[1,";
      heap.dispose();
      yield "2]";
    };
    expect(await failureOf(heap.parseStream(pieces()))).toMatchObject({ code: "HEAP_DISPOSED" });
  });

  test("random texts, cut at random, give the result of JSON.parse; both reject one changed byte", async () => {
    const seed = seedOf(4711);
    const random = seededRandom(seed);
    const heap = Heap.createSync(options());
    const before = heap.stats().objects;
    for (let i = 0; i < howMany(60); i++) {
      let text = randomText(random, 40);
      if (random(2) === 0) {
        const at = random(text.length + 1);
        text = text.slice(0, at) + ',:[]{}"\\0e.-n \n'.charAt(random(15)) + text.slice(at + random(2));
      }
      let expected: unknown;
      let isRight = true;
      try {
        expected = JSON.parse(text);
        // Half of a surrogate pair, which JSON.stringify escapes.
        isRight = !/\\ud[89a-f]/.test(JSON.stringify(expected));
      } catch {
        isRight = false;
      }
      const pieces: Uint8Array[] = [];
      const bytes = utf8(text);
      for (let at = 0; at < bytes.length;) pieces.push(bytes.subarray(at, (at += 1 + random(9))));
      const what = `seed ${seed}, text ${i}: ${text}`;
      if (isRight) expect(await taken(heap, pieces), what).toStrictEqual(expected);
      else
        expect(await failureOf(heap.parseStream(pieces)), what).toHaveProperty(
          "code",
          expect.stringMatching(/^BAD_(JSON|VALUE)$/),
        );
      heap.verify();
      expect(heap.stats().objects, what).toBe(before);
    }
    heap.dispose();
  });
});

/** JSON as people and programs write it, with all that it may have. */
function randomText(random: (bound: number) => number, size: number): string {
  const space = (): string => ["", "", "", " ", "\n", "\r\n\t"][random(6)] as string;
  if (size < 1 || random(3) === 0) {
    const digits = (): string => String(random(10 ** (1 + random(9))));
    const atoms = [
      () => ["true", "false", "null", "0", "-0"][random(5)] as string,
      () =>
        `${random(2) ? "-" : ""}${digits()}${random(2) ? `.${digits()}${digits()}` : ""}${random(3) ? "" : `e-${random(320)}`}`,
      () => String(random(2 ** 30) / (1 + random(2 ** 30))),
      () => JSON.stringify(["", "a", "é日本", "🙂\n", "x".repeat(random(30)), '"\\', "\u0007"][random(7)]),
      () => '"\\u00e9\\/\\ud83d\\ude00"',
    ];
    return (atoms[random(atoms.length)] as () => string)();
  }
  const parts = Array.from({ length: random(5) }, () => randomText(random, size >> 1));
  if (random(2)) return `[${space()}${parts.join(`${space()},${space()}`)}${space()}]`;
  const pairs = parts.map(
    (part) => `${JSON.stringify(["a", "b", "1", "é", "__proto__"][random(5)])}${space()}:${space()}${part}`,
  );
  return `{${space()}${pairs.join(`${space()},${space()}`)}${space()}}`;
}

test("parseStream() with a signal keeps no parsed piece alive", async () => {
  const collect = (globalThis as { gc?: () => void }).gc;
  expect(collect, "run with --expose-gc").toBeDefined();
  const pieces: WeakRef<object>[] = [];
  let kept = Infinity;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 50; i++) {
      const piece = utf8(i === 0 ? "[0" : ",0");
      pieces.push(new WeakRef(piece));
      yield piece;
    }
    // What a WeakRef was made of, or has given, lives until the end of the job.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect?.();
    kept = pieces.filter((piece) => piece.deref() !== undefined).length;
    yield utf8("]");
  }
  const heap = Heap.createSync();
  const { signal } = new AbortController();
  await heap.parseStream(source(), { signal });
  expect(kept).toBeLessThan(5);
  heap.dispose();
});

describe.each(CORES)("a text of which little stays, %s core", (_, options) => {
  test("what a later pair of the same name replaces is free before the text ends", async () => {
    const heap = Heap.createSync(options());
    const before = heap.stats();
    const pair = `"name": {"list": [1.5, {"deep": ["text"]}], "more": {}}`;
    let most = 0;
    function* pieces(): Generator<string> {
      yield `[{`;
      for (let i = 0; i < 2000; i++) {
        yield i === 0 ? pair : `, ${pair}`;
        most = Math.max(most, heap.stats().objects - before.objects);
      }
      yield `}]`;
    }
    const list = await heap.parseStream(pieces());
    // Names and values of two pairs, at most, and what is open.
    expect(most).toBeLessThan(40);
    heap.verify();
    expect(list.toJS()).toEqual([{ name: { list: [1.5, { deep: ["text"] }], more: {} } }]);
    list.release();
    expect(heap.stats().objects).toBe(before.objects);
    heap.verify();
    heap.dispose();
  });

  test("code between two pieces may take closed containers away, and put others in, finalizers and all", async () => {
    const heap = Heap.createSync(options());
    let finalized = 0;
    const Noisy = heap.struct("Noisy", {}, {
      finalize: () => {
        finalized++;
        heap.list([1]).release();
      },
    }); // prettier-ignore
    function* pieces(): Generator<string> {
      yield `[[1], {"a": [2], "b": {`;
      for (const found of heap.gc.getObjects()) {
        const noisy = Noisy.new();
        if (found instanceof DictHandle) found.set("noise", noisy);
        else if (found instanceof ListHandle) found.clear();
        noisy.release();
        found.release();
      }
      yield `"c": {}, "noise": 5`;
      yield `}, "noise": null}, [3]]`;
    }
    const list = await heap.parseStream<ListHandle>(pieces());
    heap.verify();
    expect(list.toJS()).toEqual([[3]]);
    // Each that went into a list was cleared with it, and the last pair replaces that of the dict.
    expect(finalized).toBe(4);
    list.release();
    heap.gc.collect();
    heap.verify();
    heap.dispose();
  });
});
