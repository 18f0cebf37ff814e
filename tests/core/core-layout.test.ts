import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as offsets from "../../src/wasm/control-offsets.js";
import { CONTROL_PLACES } from "../../src/wasm/control-fields.js";
import type { ControlPlace } from "../../src/wasm/control-fields.js";
import * as layout from "../../src/wasm/core-layout.js";
import { hashOfText } from "../../src/image/hash.js";
import { checksumOf } from "../../src/image/checksum.js";
import { STR_HASH_OFFSET } from "../../assembly/layout.js";
import { startCore } from "../support/core.js";

function source(file: string): string {
  return readFileSync(new URL(`../../assembly/${file}`, import.meta.url), "utf8");
}

/** Fields of a class of the core with their offsets, and its size. */
function fieldsOf(file: string, name: string): { fields: [string, number][]; size: number } {
  const body = new RegExp(`export class ${name} {([^}]*)}`).exec(source(file))?.[1] ?? "";
  let end = 0;
  const fields = [...body.matchAll(/^ {2}(\w+): ([uif])(8|16|32|64);/gm)].map(([, field, , bits]): [string, number] => {
    const bytes = Number(bits) / 8;
    const offset = Math.ceil(end / bytes) * bytes;
    end = offset + bytes;
    return [field as string, offset];
  });
  return { fields, size: end };
}

function constantOf(file: string, name: string): number {
  const text = new RegExp(`const ${name}(?:: \\w+)? = ([^;]+);`).exec(source(file))?.[1] ?? "";
  expect(text, `${name} in ${file}`).toMatch(/^[\d\s*<>x+a-f]+$/);
  return Number(new Function(`return ${text}`)());
}

test("the control block has the fields that images expect, at their offsets", () => {
  const { fields, size } = fieldsOf("control.ts", "Control");
  expect(fields.length).toBeGreaterThan(60);
  expect(CONTROL_PLACES.map(({ field, offset }) => [field, offset])).toEqual(fields);
  expect(size).toBeLessThanOrEqual(layout.CONTROL_SIZE);
  const { fields: signed } = {
    fields: [...source("control.ts").matchAll(/^ {2}(\w+): i32;/gm)].map(([, name]) => name),
  };
  expect(CONTROL_PLACES.filter(({ isSigned }) => isSigned).map(({ field }) => field)).toEqual(signed);
});

test("the numbers of a running heap are at the offsets where the host reads them", () => {
  const places = new Map<string, ControlPlace>(CONTROL_PLACES.map((place) => [place.field, place]));
  const generations = new Set(["THRESHOLD", "COUNT", "COLLECTIONS", "COLLECTED"]);
  for (const [name, offset] of Object.entries(offsets)) {
    const field = name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const fields = generations.has(name) ? [`${field}0`, `${field}1`, `${field}2`] : [field];
    for (const [index, one] of fields.entries()) {
      const isSigned = name === "THRESHOLD" || name === "COUNT";
      const expected = { field: one, offset: offset + 4 * index, bytes: name === "LIVE_BYTES" ? 8 : 4, isSigned };
      expect(places.get(one), name).toEqual(expected);
    }
  }
});

test("the memory behind the control block has the layout that images expect", () => {
  expect(layout.LAYOUT_VERSION).toBe(constantOf("control.ts", "LAYOUT_VERSION"));
  expect(layout.CONTROL_SIZE).toBe(constantOf("control.ts", "CONTROL_SIZE"));
  expect(layout.BITMAPS_OFFSET - layout.DESCRIPTORS_OFFSET).toBe(constantOf("control.ts", "DESCRIPTORS_SIZE"));
  expect(layout.FREE_TREES_OFFSET - layout.BITMAPS_OFFSET).toBe(constantOf("control.ts", "BITMAPS_SIZE"));
  expect(layout.FREE_TREES * 4).toBe(constantOf("control.ts", "FREE_TREES_SIZE"));
  expect(layout.CLASSES_OFFSET - layout.FREE_TREES_OFFSET - layout.FREE_TREES * 4).toBe(
    constantOf("control.ts", "LISTS_SIZE"),
  );
  expect(layout.CLASS_RECORD_SIZE).toBe(constantOf("control.ts", "CLASS_RECORD_SIZE"));
});

test("descriptors of pages, classes and types have the layout that images read and write", () => {
  const page = Object.fromEntries(fieldsOf("memory/page.ts", "Page").fields);
  expect(page).toEqual({
    ...{ free: 0, fresh: 4, end: 8, used: 12, next: 16, prev: 20 },
    ...{ state: 24, kind: 25, sizeClass: 26, grey: 27, span: 28, blockSize: 30 },
  });
  for (const state of ["FREE", "SPAN", "LARGE", "INSIDE", "TABLE"] as const)
    expect(layout[`PAGE_${state}`]).toBe(constantOf("memory/page.ts", `PAGE_${state}`));
  for (const flag of ["FULL", "FIRST"] as const) expect(layout[flag]).toBe(constantOf("memory/page.ts", flag) >>> 0);
  expect(layout.DESCRIPTORS_SHIFT).toBe(16 - constantOf("memory/page.ts", "DESCRIPTOR_SHIFT"));
  expect(layout.BITMAPS_SHIFT).toBe(constantOf("memory/bits.ts", "BITMAPS_SHIFT"));
  expect(layout.LARGE_STRIDE).toBe(constantOf("memory/blocks-of.ts", "LARGE_STRIDE"));
  expect(layout.BOOTSTRAP_DESCRIPTORS).toBe(constantOf("memory/tables.ts", "BOOTSTRAP_DESCRIPTORS"));
  expect(layout.BOOTSTRAP_BITMAPS).toBe(constantOf("memory/tables.ts", "BOOTSTRAP_BITMAPS"));
  expect(layout.GUARD_BYTE).toBe(constantOf("check.ts", "GUARD_BYTE"));
  expect(layout.FREED_BYTE).toBe(constantOf("check.ts", "FREED_BYTE"));
  expect(layout.FIRST_TYPES).toBe(constantOf("start.ts", "FIRST_TYPES"));
  expect(layout.MIN_TABLE_LOG).toBe(constantOf("containers/index-cells.ts", "MIN_LOG"));
  expect(layout.MAX_TABLE_LOG).toBe(constantOf("containers/index-cells.ts", "MAX_LOG"));
  expect(Object.fromEntries(fieldsOf("object/type.ts", "Type").fields)).toEqual({
    ...{ payload: 0, slots: 4, kind: 8, flags: 9, sizeClass: 10, blockKind: 11, spans: 12, header: 16 },
    ...layout.TYPE_RECORD,
  });
  expect(Object.fromEntries(fieldsOf("memory/span-lists.ts", "ClassRecord").fields)).toMatchObject({
    leafSpans: 0,
    linkedSpans: 4,
    ...layout.CLASS_RECORD,
  });
});

test("the host's size classes are those of the core", () => {
  const core = startCore("release");
  expect(core.classCount()).toBe(layout.CLASS_COUNT);
  for (let index = 0; index < layout.CLASS_COUNT; index++)
    expect(core.classSize(index)).toBe(layout.CLASS_SIZES[index]);
  for (let size = 1; size <= 36864; size += 7) {
    const index = layout.classOf(size);
    expect(layout.CLASS_SIZES[index]).toBeGreaterThanOrEqual(size);
    expect(layout.CLASS_SIZES[index - 1] ?? 0).toBeLessThan(size);
  }
  expect(layout.classOf(36865)).toBe(layout.LARGE);
});

test("the host hashes strings like the core", () => {
  const core = startCore("release");
  const encoder = new TextEncoder();
  for (const seed of [0, 1, 0xffffffff, 0x12345678]) {
    core.setHashSeed(seed);
    for (const text of [
      "",
      "a",
      "1234567",
      "12345678",
      "123456789",
      "\uffff".repeat(5),
      "日本語".repeat(9),
      "x".repeat(1000),
    ]) {
      const bytes = encoder.encode(text);
      new Uint8Array(core.memory.buffer).set(bytes, core.borrowedText());
      const string = core.intern(core.borrowStr(bytes.length)) >>> 0;
      expect(hashOfText(bytes, seed), `${text.slice(0, 9)} with seed ${seed}`).toBe(
        core.word(string + STR_HASH_OFFSET),
      );
    }
  }
});

test("checksums are XXH32", () => {
  const of = (text: string): number => checksumOf(new TextEncoder().encode(text));
  // From the specification and the reference implementation.
  expect(of("")).toBe(0x02cc5d05);
  expect(of("a")).toBe(0x550d7456);
  expect(of("abc")).toBe(0x32d153ff);
  expect(of("Nobody inspects the spammish repetition")).toBe(0xe2293b2f);
});
