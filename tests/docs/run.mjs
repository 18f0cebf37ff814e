// Runs programs one after the other and tells what they gave. In a process of its own: they print, write files and may hang.
//
//     node --enable-source-maps run.mjs < programs.json > results.json

import { readFileSync, writeSync } from "node:fs";
import { format, inspect, isDeepStrictEqual } from "node:util";

const programs = JSON.parse(readFileSync(0, "utf8"));
const results = [];
let current;
Error.stackTraceLimit = 50;
let printed = [];

for (const name of ["log", "info", "warn", "error"])
  console[name] = (...values) => printed.push(...format(...values).split("\n"));

const SPECIAL = { undefined, NaN, Infinity, "-Infinity": -Infinity };

/** Whether a value is what a comment says. */
function matches(pattern, value) {
  if ("any" in pattern) return true;
  if ("is" in pattern) return isDeepStrictEqual(pattern.is, value);
  if ("bigint" in pattern) return value === BigInt(pattern.bigint);
  if ("special" in pattern) return Object.is(SPECIAL[pattern.special], value);
  if ("items" in pattern) {
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    const isLong =
      isList && (pattern.open ? value.length >= pattern.items.length : value.length === pattern.items.length);
    return isLong && pattern.items.every((item, index) => matches(item, value[index]));
  }
  if (typeof value !== "object" || value === null) return false;
  const names = Object.keys(pattern.keys);
  return (
    (pattern.open || Object.keys(value).length === names.length) &&
    names.every((name) => name in value && matches(pattern.keys[name], value[name]))
  );
}

/** Whether what was printed is what a comment says; a comment may go on behind it. */
function isPrinted({ text, isWhole }, lines) {
  // Node puts blanks into the brackets of arrays.
  const shown = lines.map((line) => line.replace(/\[ (.*) \]/g, "[$1]"));
  for (const said of [lines.join(", "), lines.join("\n"), shown.join(", ")]) {
    if (text === said) return true;
    if (!isWhole && said !== "" && text.startsWith(said) && /^[:.,;]\s/.test(text.slice(said.length))) return true;
  }
  return false;
}

globalThis.__value = (number, value) => {
  const ok = matches(current.expectations[number].pattern, value);
  current.seen.push({ number, ok, got: ok ? "" : inspect(value) });
};
globalThis.__print = () => {
  printed = [];
};
globalThis.__printed = (number) => {
  const ok = isPrinted(current.expectations[number], printed);
  current.seen.push({ number, ok, got: ok ? "" : printed.join("\n") });
};

function fail(error) {
  current.error ??= error instanceof Error ? (error.stack ?? error.message) : inspect(error);
}
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

for (const { file, expectations } of programs) {
  current = { expectations, seen: [], error: undefined };
  try {
    await import(file);
  } catch (error) {
    fail(error);
  }
  // What programs leave for later, finalizers and rejections, is theirs.
  await new Promise((resolve) => setImmediate(resolve));
  results.push({ seen: current.seen, error: current.error });
}
writeSync(1, JSON.stringify(results));
process.exit();
