// Every door of the core first checks its arguments, then asks for room on the stack, then changes the heap: so whatever
// is thrown is thrown while the heap is whole. `assembly/doors/checks.ts` says more.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const assembly = fileURLToPath(new URL("../../assembly", import.meta.url));

/** Doors that change no object, or nothing beyond one store: they need no room. */
const NEED_NO_ROOM = `
  heapBase controlBlock isChecked typeOf sizeOf refcount roots getRef isTracked isFinalized nextObject strLength
  trackedCount trackedAfter unreachableAfter nextReferrer freezeCount waiting weakrefTarget weakrefCount weakrefAfter
  sequenceIndex tableEntryFrom tableFind weakMapFind weakMapEntryAfter loadResult getRefMany gather scatter
  borrowedText borrowStr borrowBytes borrowInt borrowFloat
  setHashSeed setDebug setClearsAllWeakrefs unfreeze denyRoom tortureCollect tortureFail`;
/** Doors that ask for it further down, where their short way does not do. */
const ASK_LATER = "alloc incref decref setRef";
/** A load is many operations: the heap is whole between two, and each is checked when it begins. */
const CHECK_LATER = "runLoad";

interface Door {
  name: string;
  body: string;
}

function doorsOf(file: string): Door[] {
  const source = readFileSync(join(assembly, file), "utf8");
  const found = source.matchAll(/^export function (\w+)\([^)]*\): \w+ \{\n(.*?)^\}/gms);
  return [...found].map(([, name, body]) => ({ name: name as string, body: body as string }));
}

const files = readdirSync(join(assembly, "doors")).filter((file) => file !== "checks.ts");
const doors = [...files.map((file) => `doors/${file}`), "load.ts", "parse.ts", "batch.ts"].flatMap(doorsOf);
const words = (text: string): string[] => text.trim().split(/\s+/);

test("every door that changes objects asks for room", () => {
  expect(doors.length).toBeGreaterThan(80);
  const without = doors.filter(({ body }) => !/\bneed(?:More)?Room\(/.test(body)).map(({ name }) => name);
  expect(without.sort()).toEqual([...words(NEED_NO_ROOM), ...words(ASK_LATER)].sort());
});

test("no door checks an argument after it has asked for room", () => {
  const late = doors.filter(({ body }) => /\bneed(?:More)?Room\([^)]*\);.*\bcheck[A-Z]\w*\(/s.test(body));
  expect(late.map(({ name }) => name)).toEqual(words(CHECK_LATER));
});
