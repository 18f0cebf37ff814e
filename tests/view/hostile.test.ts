import { expect, test } from "vitest";
import {
  BUFFER_DATA_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_LENGTH_OFFSET,
  WEAKMAP_FIRST_OFFSET,
} from "../../assembly/layout.js";
import { save } from "../../src/image.js";
import { Image } from "../../src/image/image.js";
import { Heap } from "../../src/index.js";
import { openView } from "../../src/view/heap-view.js";
import { tampered } from "../image/hostile.js";
import { ImageProgram } from "../image/program.js";
import { codeOf } from "../support/heap.js";
import { withWords } from "../support/images.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { attempt, tryView, workOut } from "./hostile.js";

/** An image of a heap with a bit of everything, all of it named. */
function richImage(seed: number): Uint8Array {
  const program = new ImageProgram(seed, {});
  for (let step = 0; step < 80; step++) program.step();
  program.handles.forEach((handle, slot) => {
    if (handle !== null) program.heap.roots.set(`slot ${slot}`, handle);
  });
  const image = save(program.heap);
  program.heap.dispose();
  return image;
}

/** Tries an image, and says which one it was if that fails or takes long. */
function tried(image: Uint8Array, what: string): boolean {
  try {
    return tryView(image);
  } catch (error) {
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  }
}

test("views of tampered images give answers, or errors with a code", () => {
  const first = seedOf(1);
  let [refused, count, slowest] = [0, 0, 0];
  for (let seed = first; seed < first + howMany(1); seed++) {
    const image = richImage(seed);
    for (let i = 0; i < 100; i++, count++) {
      const random = seededRandom(seed * 1000 + i);
      // Some with sections of another size, and most with some words changed: no checksum is looked at.
      const one = i % 20 === 0 ? tampered(image, random, 1 + (i % 9)) : withChangedWords(image, random, 1 << (i % 6));
      const start = performance.now();
      if (tried(one, `seed ${seed}, image ${i}`)) refused++;
      slowest = Math.max(slowest, performance.now() - start);
    }
  }
  if (count > 100) console.log(`${count} images, ${refused} refused; the slowest took ${slowest.toFixed(0)} ms`);
  expect(refused).toBeLessThan(count);
});

/** A copy with words changed that are not 0, which most are. */
function withChangedWords(image: Uint8Array, random: Random, count: number): Uint8Array {
  const words = new Uint32Array(image.slice().buffer);
  for (let i = 0; i < count; i++) {
    let at = random(60) === 0 ? random(200) : random(words.length);
    while (at < words.length - 1 && words[at] === 0) at++;
    const old = words[at] as number;
    const other = words[random(words.length)] as number;
    words[at] = pick(random, [
      0,
      1,
      0xffffffff,
      old + 8,
      old - 8,
      old + 1,
      old ^ (1 << random(32)),
      other,
      other,
      other,
    ]);
  }
  return new Uint8Array(words.buffer);
}

test("views of truncated images, and of any bytes, are refused", () => {
  const image = richImage(3);
  const random = seededRandom(3);
  for (let i = 0; i < 100; i++) {
    expect(codeOf(() => openView(image.slice(0, random(image.length))))).toBe("BAD_IMAGE");
    const noise = Uint8Array.from({ length: random(600) }, () => random(256));
    noise.set(image.subarray(0, Math.min(noise.length, random(300))));
    expect(codeOf(() => openView(noise))).toBe("BAD_IMAGE");
  }
});

/** Sets words of objects in an image. */
function planted(build: (heap: Heap) => { address: number; offset: number; value: number }[]): Uint8Array {
  const heap = Heap.createSync({ hashSeed: 1 });
  const changes = build(heap);
  const image = save(heap);
  const places = new Image(image);
  return withWords(image, "PAGE", (words) => {
    const start = places.frame.sections.PAGE.offset >>> 2;
    for (const { address, offset, value } of changes) words[places.at(address) + offset / 4 - start] = value;
  });
}

test("lengths are not believed", () => {
  const view = openView(
    planted((heap) => {
      const list = heap.list([1, 2]);
      const dict = heap.dict([["k", 1]]);
      const text = heap.list(["a text that is long enough"]);
      heap.roots.set("list", list).set("dict", dict).set("text", text);
      const str = list.store.memory.word(
        list.store.memory.word(text.address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET,
      );
      return [
        { address: list.address, offset: SLOTS_COUNT_OFFSET, value: 0xfffffff0 },
        { address: dict.address, offset: SLOTS_COUNT_OFFSET, value: 0x7ffffff0 },
        { address: str, offset: STR_LENGTH_OFFSET, value: 0xfffffff0 },
      ];
    }),
  );
  for (const name of view.roots.keys()) {
    expect(codeOf(() => view.read(name).toJS() as unknown)).toBe("BAD_IMAGE");
    expect(codeOf(() => [...(view.read(name) as Iterable<unknown>)])).toBe("BAD_IMAGE");
  }
  workOut(view);
});

test("texts and containers that lie in each other are copied no more often than the image is long", () => {
  const image = planted((heap) => {
    const parts = Array.from({ length: 2000 }, (_, i) => `text ${i} ${"x".repeat(200)}`);
    const list = heap.from(parts);
    heap.roots.set("texts", list);
    const lists = heap.list(Array.from({ length: 2000 }, () => [0]));
    heap.roots.set("lists", lists);
    const { memory } = list.store;
    const item = (of: number, i: number): number =>
      memory.word(memory.word(of + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET + 4 * i);
    const first = memory.word(lists.address + SLOTS_BUFFER_OFFSET);
    return parts.flatMap((_, i) => [
      { address: item(list.address, i), offset: STR_LENGTH_OFFSET, value: 60_000 },
      { address: item(lists.address, i), offset: SLOTS_BUFFER_OFFSET, value: first },
      { address: item(lists.address, i), offset: SLOTS_COUNT_OFFSET, value: 2000 },
    ]);
  });
  const view = openView(image);
  expect(codeOf(() => view.read("texts").toJS() as unknown)).toBe("BAD_IMAGE");
  expect(codeOf(() => view.read("lists").toJS() as unknown)).toBe("BAD_IMAGE");
});

test("a search in an index without an empty cell ends", () => {
  const view = openView(
    planted((heap) => {
      const dict = heap.dict([["k", 1]]);
      heap.roots.set("dict", dict);
      const address = dict.store.memory.word(dict.address + SLOTS_BUFFER_OFFSET);
      // Eight cells behind five entries and their hashes: all are of deleted entries.
      const cells = BUFFER_DATA_OFFSET + 5 * 12;
      return [cells, cells + 4].map((offset) => ({ address, offset, value: 0xfefefefe }));
    }),
  );
  expect(codeOf(() => view.read("dict", "k"))).toBe("BAD_IMAGE");
});

test("chains that lead round in circles end", () => {
  const view = openView(
    planted((heap) => {
      const Thing = heap.struct("Thing", { next: "ref" });
      const map = heap.weakref.keyMap([
        [Thing.new(), 1],
        [Thing.new(), 2],
      ]);
      heap.roots.set("map", map);
      const first = map.store.memory.word(map.address + WEAKMAP_FIRST_OFFSET);
      const keys = heap.list([...map.keys()]);
      heap.roots.set("keys", keys);
      return [{ address: first, offset: 28, value: first }];
    }),
  );
  expect(codeOf(() => [...(view.read("map") as Iterable<unknown>)])).toBe("BAD_IMAGE");
  expect(attempt(() => view.read("keys").length as number)).toBe(2);
});
