// Images that somebody has tampered with, checksums repaired. Each either is refused with BAD_IMAGE, or gives a heap
// that is what it says and can do all that a heap can.

import { adoptOrphan, lostFunctions, orphans, releaseOrphans, restoreSync, save } from "../../src/image.js";
import type { RestoreOptions } from "../../src/image.js";
import { inspect } from "node:util";
import { HeapwrightError, Heap } from "../../src/index.js";
import { SECTIONS } from "../../src/image/format.js";
import type { SectionName } from "../../src/image/format.js";
import { sealed, sectionsOf } from "../support/images.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";
import { seededRandom } from "../support/random.js";
import { ImageProgram } from "./program.js";

/** An image of a heap with a bit of everything. */
export function richImage(seed: number, steps: number): Uint8Array {
  const program = new ImageProgram(seed, {});
  for (let step = 0; step < steps; step++) program.step();
  return save(program.heap);
}

/** The image after `count` changes somewhere in it. */
export function tampered(image: Uint8Array, random: Random, count: number): Uint8Array {
  const sections = sectionsOf(image);
  for (let i = 0; i < count; i++) {
    const name = pick(random, ["PAGE", "PAGE", "PAGE", "PAGE", ...SECTIONS] as SectionName[]);
    sections[name] = name === "META" ? changedText(sections[name], random) : changedWords(sections, name, random);
  }
  return sealed(sections);
}

function changedWords(sections: Record<SectionName, Uint8Array>, name: SectionName, random: Random): Uint8Array {
  const bytes = sections[name];
  const kind = random(12);
  if (kind === 0) return bytes.slice(0, random(bytes.length + 1) & ~(random(2) > 0 ? 3 : 0));
  if (kind === 1) return Uint8Array.of(...bytes.slice(-4096), ...new Uint8Array(4 * (1 + random(4))));
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >>> 2);
  if (words.length === 0) return bytes;
  const pages = new Uint32Array(sections.PAGE.buffer, 0, sections.PAGE.length >>> 2);
  const at = random(words.length);
  const word = words[at] as number;
  // Most words of most pages say the same again and again: those that are not 0 say more.
  const target = word !== 0 || random(4) === 0 ? at : words.findIndex((one, i) => i > at && one !== 0);
  if (target < 0) return bytes;
  const old = words[target] as number;
  const any = (): number => pages[random(pages.length)] as number;
  words[target] = pick(random, [
    ...[0, 1, 8, 0xffffffff, 0x80000000, 0xc0000000, old + 1, old - 1, old + 8, old - 8, old << 1, old >>> 1],
    ...[
      old ^ (1 << random(32)),
      old ^ (1 << random(32)),
      old ^ (1 << random(32)),
      words[random(words.length)] as number,
    ],
    ...[any(), any(), any(), random(2 ** 31)],
  ]);
  return bytes;
}

function changedText(bytes: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const at = random(text.length);
  const values = [
    "null",
    "[]",
    "{}",
    '""',
    "0",
    "-1",
    "1e400",
    "true",
    '"__proto__"',
    '"\\u0000\\u001b[2J"',
    '"\\ud800"',
  ];
  const changed = pick(random, [
    () => text.slice(0, at) + String.fromCharCode(32 + random(95)) + text.slice(at + 1),
    () =>
      text.replace(/\d+/g, (number, where: number) =>
        where === at || random(9) === 0 ? String(random(400_000)) : number,
      ),
    () => text.replace(/"\w+"/g, (string) => (random(9) === 0 ? pick(random, values) : string)),
    () => text.slice(0, at),
    () => text.slice(0, at) + pick(random, values) + text.slice(at),
  ])();
  return new TextEncoder().encode(changed);
}

/** Tries an image. Whether it was refused. */
export function tryImage(image: Uint8Array, options: RestoreOptions = {}): boolean {
  let heap: Heap;
  try {
    heap = restoreSync(image, { ...options, maxBytes: 1 << 28, onUnraisable: () => undefined });
  } catch (error) {
    const code = error instanceof HeapwrightError ? error.code : "no code";
    if (code === "BAD_IMAGE" || code === "OUT_OF_MEMORY") return true;
    throw error;
  }
  // It was taken for a heap: then it is one.
  const again = save(heap);
  if (Buffer.compare(again, save(heap)) !== 0) throw new Error("the image of a heap is not always the same");
  restoreSync(again).verify();
  workOut(heap);
  return false;
}

/** Does with a heap whatever one can do with it. */
function workOut(heap: Heap): void {
  heap.scope(() => {
    for (const { address } of orphans(heap)) void adoptOrphan(heap, address).type;
    for (const [, root] of heap.roots) inspect(root);
    for (const object of heap.gc.getObjects().slice(0, 300)) {
      void [inspect(object), object.byteSize, object.refcount];
      heap.gc.getReferents(object);
    }
  });
  heap.verify();
  void [lostFunctions(heap), heap.stats()];
  const list = heap.list(Array.from({ length: 50 }, (_, i) => `item ${i}`));
  heap.from({ a: [1, 2, { b: "c" }], s: new Set(["x"]) }).release();
  heap.intern("a name").release();
  list.release();
  heap.gc.collect(0);
  heap.verify();
  heap.gc.collect();
  heap.verify();
  releaseOrphans(heap);
  heap.gc.unfreeze();
  heap.gc.collect();
  heap.verify();
  heap.dispose();
}

/** Fuzzes from a seed on. How many images were refused. */
export function fuzz(seed: number, images: number, changesPerImage: number): number {
  let refused = 0;
  for (let i = 0; i < images; i++) {
    const random = seededRandom(seed + i);
    const image = richImage(seed + i, 60 + random(300));
    for (let change = 0; change < changesPerImage; change++) {
      const state = { seed: seed + i, change };
      try {
        if (tryImage(tampered(image, random, 1 + random(3)))) refused++;
      } catch (error) {
        throw new Error(`seed ${state.seed}, change ${state.change}: ${(error as Error).message}`, { cause: error });
      }
    }
  }
  return refused;
}
