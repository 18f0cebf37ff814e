// The table of errors in the documents, and the errors that there are.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as errors from "../../src/base/errors.js";

type ErrorClass = new (message: string) => errors.HeapwrightError;
const classes = Object.values(errors).filter(
  (value) => typeof value === "function" && value.prototype instanceof errors.HeapwrightError,
) as ErrorClass[];

test("docs/errors.md has a row with cause and cure for each error class", () => {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` \| `(\w+)` \| (.+?) \| (.*?) ?\|$/gm)];
  const made = classes.map((Class) => new Class("said"));
  expect(rows.map(([, code, name]) => [code, name]).sort()).toEqual(made.map(({ code, name }) => [code, name]).sort());
  expect(new Set(made.map(({ code }) => code)).size).toBe(made.length);
});

test("the names of errors are the names of their classes", () => {
  for (const Class of classes) expect(new Class("said").name).toBe(Class.name);
});
