import { beforeAll, describe, expect, test } from "vitest";
import { LISTINGS, playListing } from "../../src/cli/tour/tour.js";
import { START_TIMEOUT, startPython } from "./python.js";
import type { Python } from "./python.js";

let python: Python;
let printed: string[] = [];

beforeAll(async () => {
  python = await startPython("listings.py", (line) => printed.push(line));
}, START_TIMEOUT);

function pythonPrints(listing: number): string[] {
  printed = [];
  python.runPython(`listing_${listing}()`);
  return printed;
}

function tourPrints(listing: number): string[] {
  const lines = playListing(LISTINGS[listing - 1] as (typeof LISTINGS)[number]);
  return lines.filter(({ kind }) => kind === "print").map(({ text }) => text);
}

describe("the tour prints what CPython prints", () => {
  test("the oracle is CPython 3.12.7", () => {
    expect(python.runPython("import sys; sys.version_info[:3]").toJs()).toEqual([3, 12, 7]);
  });

  test.each([1, 3, 4, 5])("listing %i, line for line", (listing) => {
    const expected = pythonPrints(listing);
    expect(expected.length).toBeGreaterThan(2);
    expect(tourPrints(listing)).toEqual(expected);
  });

  test("listing 6: enabled, and the thresholds", () => {
    expect(tourPrints(6).slice(0, 2)).toEqual(pythonPrints(6));
    expect(pythonPrints(6)[1]).toBe("Thresholds: (700, 10, 10)");
  });
});
