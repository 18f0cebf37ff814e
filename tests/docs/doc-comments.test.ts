import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { membersOfFiles, publicMembers } from "./members.js";

const read = (path: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")) as unknown;
const { exports } = read("../../package.json") as { exports: Record<string, string | { types: string }> };
const entries = Object.values(exports)
  .map((entry) => (typeof entry === "string" ? "" : entry.types.replace("./dist/", "")))
  .filter((types) => types !== "" && !types.endsWith(".wasm.d.ts"));

/** A list of "Heap.from" and "Heap.int" as "Heap: from, int". */
function byOwner(names: readonly string[]): string {
  const owners = new Map<string, string[]>();
  for (const name of names) {
    const [, owner = name, member] = /^(\w+)\.?(.+)?$/.exec(name) ?? [];
    owners.set(owner, [...(owners.get(owner) ?? []), ...(member === undefined ? [] : [member])]);
  }
  return [...owners]
    .map(([owner, list]) => (list.length > 0 ? `  ${owner}: ${list.join(", ")}` : `  ${owner}`))
    .join("\n");
}

test("each public member has a doc comment, and each function and method an example", () => {
  const members = publicMembers(entries);
  const bare = members.filter(({ hasComment }) => !hasComment).map(({ name }) => name);
  const called = members.filter(({ isCalled }) => isCalled);
  const plain = called.filter(({ hasExample }) => !hasExample).map(({ name }) => name);
  console.log(`${members.length} public members, of which ${called.length} are functions and methods`);
  expect(byOwner(bare)).toBe("");
  expect(byOwner(plain)).toBe("");
  // The list is of the package: it has its main names.
  expect(members.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "Heap",
      "Heap.from",
      "ListHandle.append",
      "Handle.release",
      "restoreSync",
      "trace",
      "Gc.collect",
    ]),
  );
});

test("a public member without a comment or an example is found; private and foreign members are ignored", () => {
  const folder = mkdtempSync(join(tmpdir(), "heapwright-members-"));
  try {
    const file = join(folder, "planted.d.ts");
    const text = `
      export {};
      declare class Base { inherited(): void; }
      /** Said. */
      export declare class A extends Base implements Iterable<1> {
        bare(): void;
        /** Said. */ said(): void;
        /** Said.
         * @example
         * a.shown();
         */
        shown(): void;
        /** Said. */ value: number;
        /** Said. */ static made(): A;
        [Symbol.iterator](): Iterator<1>;
        private hidden(): void;
      }
      /** Said. */ export declare const C: {
        /** Said. */ readonly ONE: 1; /** Behind a member, TypeScript does not read it. */
        readonly TWO: 2;
      };
      export interface B extends ReadonlyMap<1, 2> { plain: number; }`;
    writeFileSync(file, text);
    const found = membersOfFiles([file], (name) => name === file).map(
      ({ name, isCalled, hasComment, hasExample }) =>
        `${name}${isCalled ? "()" : ""}${hasComment ? " comment" : ""}${hasExample ? " example" : ""}`,
    );
    expect(found.sort()).toEqual([
      "A comment",
      "A.bare()",
      "A.inherited()",
      "A.made() comment",
      "A.said() comment",
      "A.shown() comment example",
      "A.value comment",
      "A[Symbol.iterator]",
      "B",
      "B.plain",
      "C comment",
      "C.ONE comment",
      "C.TWO",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
