import { restoreSync, save } from "../../src/image.js";
import { describe, expect, test } from "vitest";
import { CONTROL_FIELDS } from "../../src/wasm/control-fields.js";
import {
  CLASSES_OFFSET,
  CLASS_COUNT,
  DESCRIPTORS_OFFSET,
  DESCRIPTOR_SIZE,
  FULL,
  PAGE_FREE,
  PAGE_SPAN,
} from "../../src/wasm/core-layout.js";
import type { ControlField } from "../../src/wasm/control-fields.js";
import { readFrame, SECTIONS } from "../../src/image/format.js";
import { readControl } from "../../src/image/control.js";
import { Heap } from "../../src/index.js";
import { CORES } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { ImageProgram } from "./program.js";

/** All of an image but who held what: handles are numbered by how they came. */
function contentOf(image: Uint8Array): string[] {
  const { sections } = readFrame(image);
  return SECTIONS.filter((name) => name !== "HAND").map((name) => Buffer.from(sections[name].bytes).toString("latin1"));
}

/** What a restored heap finds anew: all of the control block that means something, types, and descriptors of pages. */
function derivedFrom(heap: Heap): unknown {
  const { core, memory } = heap.scope(() => heap.none.store);
  const base = core.controlBlock() >>> 0;
  const control = readControl(memory.u32, base);
  const types = Array.from({ length: control.typeCount }, (_, id) => [
    ...memory.u32.subarray((control.types + id * 32) >>> 2, (control.types + id * 32 + 24) >>> 2),
  ]);
  const part = memory.word(base + DESCRIPTORS_OFFSET);
  const pages = Array.from({ length: control.endPage - control.firstPage }, (_, i) => {
    const at = part + (control.firstPage + i) * DESCRIPTOR_SIZE;
    const [free, fresh, end, used, next, prev, shape, span] = memory.u32.subarray(at >>> 2, (at >>> 2) + 8);
    const state = (shape as number) & 0xff;
    // What the descriptors of other runs say in these places is left from before.
    if (state === PAGE_SPAN) return [free, fresh, end, used, (used as number) >= FULL ? [] : [next, prev], shape, span];
    return [state, state === PAGE_FREE ? 0 : (span as number) & 0xffff];
  });
  const meaningful = Object.entries(control).filter(([field]) => CONTROL_FIELDS[field as ControlField] !== "scratch");
  const lists = memory.u32.slice((base + CLASSES_OFFSET) >>> 2, (base + CLASSES_OFFSET + CLASS_COUNT * 24) >>> 2);
  // Behind the class's lists stand what a census counted.
  for (let index = 0; index < CLASS_COUNT; index++) lists.fill(0, 6 * index + 3, 6 * index + 6);
  return { control: Object.fromEntries(meaningful), types, pages, lists: [...lists] };
}

test("the state that an image does not contain is rebuilt as it was", () => {
  const first = seedOf(50);
  for (let seed = first; seed < first + 3; seed++) {
    const program = new ImageProgram(seed, {});
    for (let step = 0; step < 200; step++) program.step();
    program.heap.struct("Wide", Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, "f64"])));
    program.heap.struct("Huge", Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`f${i}`, "ref"])));
    expect(derivedFrom(restoreSync(save(program.heap))), `seed ${seed}`).toEqual(derivedFrom(program.heap));
  }
});

describe.each(CORES)("%s core", (build, options) => {
  test("a random program that is saved and restored midway ends with the same result", () => {
    const first = seedOf(1);
    const count = howMany(build === "release" ? 3 : 1);
    for (let seed = first; seed < first + count; seed++) {
      let step = 0;
      try {
        const plain = new ImageProgram(seed, options());
        const interrupted = new ImageProgram(seed, options());
        for (step = 1; step <= 400; step++) {
          plain.step();
          interrupted.step();
          if ((step * 7 + seed) % 23 === 0) interrupted.interrupt();
          if (step % 50 === 0) expect(contentOf(save(interrupted.heap)), "images").toEqual(contentOf(save(plain.heap)));
        }
        expect(interrupted.events).toEqual(plain.events);
        expect(interrupted.handles.map((handle) => handle?.address)).toEqual(
          plain.handles.map((handle) => handle?.address),
        );
        expect(interrupted.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
        plain.heap.dispose();
        interrupted.heap.dispose();
        // Handles are released in the order they were made, which is another.
        expect(interrupted.events.sort()).toEqual(plain.events.sort());
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
      }
    }
  });
});
