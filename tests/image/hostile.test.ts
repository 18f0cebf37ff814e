import { restoreSync, save } from "../../src/image.js";
import { expect, test } from "vitest";
import {
  BUFFER_DATA_OFFSET,
  FROZENSET_DEPTH_OFFSET,
  FROZENSET_HASH_OFFSET,
  FROZENSET_PARTS_OFFSET,
  SLOTS_BUFFER_OFFSET,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TYPE_BOOL,
  WEAKREF_REFERENT_OFFSET,
} from "../../assembly/layout.js";
import { Image } from "../../src/image/image.js";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { withWords } from "../support/images.js";
import { codeOf } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { fuzz, richImage } from "./hostile.js";

test("a tampered image is rejected, or is a valid heap", () => {
  const images = howMany(3);
  const refused = fuzz(seedOf(1), images, 50);
  // Most changes matter; those to numbers, texts and counters that stand for themselves do not.
  expect(refused).toBeGreaterThan(images * 25);
  expect(refused).toBeLessThan(images * 50);
});

test("a damaged or truncated image is always rejected", () => {
  const image = richImage(7, 200);
  const random = seededRandom(7);
  for (let i = 0; i < 300; i++) {
    const copy = image.slice();
    const at = random(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random(8));
    // But for what fills sections up, which nobody reads.
    if (codeOf(() => restoreSync(copy)) === "no error") expect(image[at]).toBe(0);
    expect(codeOf(() => restoreSync(image.slice(0, at)))).toBe("BAD_IMAGE");
  }
});

/** Sets words of the object at an address, in an image without large blocks before it. */
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

test("damage that verify alone would not notice, or not survive, is rejected", () => {
  const refused = (what: string, build: Parameters<typeof planted>[0]): void => {
    expect(
      codeOf(() => restoreSync(planted(build))),
      what,
    ).toBe("BAD_IMAGE");
  };
  refused("a tuple that holds itself, as a key", (heap) => {
    const tuple = heap.tuple([heap.tuple([1])]);
    heap.set([tuple]);
    const inner = heap.scope(() => (tuple.get(0) as Handle).address);
    return [
      { address: inner, offset: TUPLE_ITEMS_OFFSET, value: tuple.address },
      { address: tuple.address, offset: 0, value: tuple.refcount + 1 },
    ];
  });
  refused("a frozenset that holds itself", (heap) => {
    const set = heap.frozenset([heap.frozenset([1])]);
    const buffer = set.store.memory.word(set.address + SLOTS_BUFFER_OFFSET);
    return [
      { address: buffer, offset: BUFFER_DATA_OFFSET, value: set.address },
      { address: set.address, offset: 0, value: set.refcount + 1 },
    ];
  });
  refused("a frozenset that holds a weak reference to itself", (heap) => {
    const other = heap.frozenset([1]);
    const set = heap.frozenset([heap.weakref.ref(other)]);
    heap.weakref.ref(set);
    const [ours, theirs] = [set, other].map((to) => heap.weakref.ref(to).address) as [number, number];
    return [
      { address: ours, offset: WEAKREF_REFERENT_OFFSET, value: other.address },
      { address: theirs, offset: WEAKREF_REFERENT_OFFSET, value: set.address },
    ];
  });
  refused("a frozenset that is a key and has no hash", (heap) => {
    const set = heap.frozenset([1]);
    heap.set([set]);
    return [{ address: set.address, offset: FROZENSET_HASH_OFFSET, value: 0 }];
  });
  refused("a frozenset with another hash than its elements give", (heap) => [
    { address: heap.frozenset([1]).address, offset: FROZENSET_HASH_OFFSET, value: 7 },
  ]);
  refused("a frozenset that says that it is flat, and has another in it", (heap) => {
    const { address, store } = heap.frozenset([heap.frozenset([1])]);
    const at = FROZENSET_DEPTH_OFFSET - 2;
    return [{ address, offset: at, value: (store.memory.word(address + at) & 0xffff) | (1 << 16) }];
  });
  refused("a frozenset that says that it is alone, and has another in it", (heap) => [
    { address: heap.frozenset([heap.frozenset([1])]).address, offset: FROZENSET_PARTS_OFFSET, value: 1 },
  ]);
  refused("an empty frozenset that says that it has 2^32 parts", (heap) => [
    { address: heap.frozenset().address, offset: FROZENSET_PARTS_OFFSET, value: 0xffffffff },
  ]);
  refused("two lists with one buffer", (heap) => {
    const [a, b] = [heap.list([1]), heap.list([1])];
    return [
      { address: b.address, offset: SLOTS_BUFFER_OFFSET, value: a.store.memory.word(a.address + SLOTS_BUFFER_OFFSET) },
    ];
  });
  refused("a list with an empty slot", (heap) => {
    const list = heap.list([1, 2]);
    const buffer = list.store.memory.word(list.address + SLOTS_BUFFER_OFFSET);
    return [{ address: buffer, offset: BUFFER_DATA_OFFSET, value: 0 }];
  });
  refused("a text that comes with its hash", (heap) => [
    { address: heap.str("x").address, offset: STR_HASH_OFFSET, value: 7 },
  ]);
  refused("a text that is not UTF-8", (heap) => [
    { address: heap.str("abcd").address, offset: STR_BYTES_OFFSET, value: 0xffffffff },
  ]);
  refused("a text that is longer than memory", (heap) => [
    { address: heap.str("x").address, offset: STR_LENGTH_OFFSET, value: 0xfffffff0 },
  ]);
  refused("a second True", (heap) => [{ address: heap.int(1000).address, offset: 4, value: (1 << 24) | TYPE_BOOL }]);
  refused("a free list in a circle", (heap) => {
    const [a, b] = [heap.float(1), heap.float(2)];
    const addresses = [a.address, b.address] as const;
    a.release();
    b.release();
    return [{ address: addresses[0], offset: 0, value: addresses[1] }];
  });
  refused("an index of a set without an unused cell", (heap) => {
    const set = heap.set([1, 2, 3]);
    const buffer = set.store.memory.word(set.address + SLOTS_BUFFER_OFFSET);
    // Room for 5 keys: their slots, their hashes, then 8 cells of a byte.
    return [0, 4].map((at) => ({ address: buffer, offset: BUFFER_DATA_OFFSET + 40 + at, value: 0xfefefefe }));
  });
});

const HASH_SEED = 12345;

/** Ints with one hash, as whoever knows the seed, which is in the image, can make them: what multiplies and folds can be undone. */
function colliding(count: number): bigint[] {
  const bits = (value: bigint): bigint => BigInt.asUintN(64, value);
  const multiplier = 0x9e3779b97f4a7c15n;
  let inverse = 1n;
  for (let i = 0; i < 6; i++) inverse = bits(inverse * (2n - multiplier * inverse));
  const unfold = (value: bigint): bigint => bits((value ^ (value >> 32n)) * inverse);
  return Array.from({ length: count }, (_, i) =>
    BigInt.asIntN(64, unfold(unfold((BigInt(i) << 32n) | 77n)) ^ (BigInt(HASH_SEED) << 32n)),
  );
}

test("too many colliding keys are rejected", () => {
  const image = (count: number): Uint8Array => {
    const heap = Heap.createSync({ hashSeed: HASH_SEED });
    heap.roots.set("keys", heap.set(colliding(count)));
    return save(heap);
  };
  restoreSync(image(2000)).verify();
  expect(codeOf(() => restoreSync(image(12_500)))).toBe("BAD_IMAGE");
});

test("so are colliding frozensets of colliding elements: to compare two takes the square of their length", () => {
  const image = (count: number): Uint8Array => {
    const heap = Heap.createSync({ hashSeed: HASH_SEED });
    const elements = colliding(2 * count);
    const first = elements.slice(0, count);
    heap.roots.set("keys", heap.set(elements.slice(count).map((last) => heap.frozenset([...first, last]))));
    return save(heap);
  };
  restoreSync(image(20)).verify();
  expect(codeOf(() => restoreSync(image(112)))).toBe("BAD_IMAGE");
});
