import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { LISTINGS, playListing } from "../../src/cli/tour/tour.js";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Room for the margin that sets each line off. */
const MARGIN = 6;

function run(args: string[], env: Record<string, string> = {}): { status: number | null; stdout: string } {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env;
  return spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env: { ...inherited, ...env } });
}

describe("the tour", () => {
  test.each(LISTINGS)("$title fits 80 columns", (listing) => {
    for (const { text } of playListing(listing)) expect(text.length, text).toBeLessThanOrEqual(80 - MARGIN);
  });

  test("draws the place of an object, its references and its generation", () => {
    const drawing = playListing(LISTINGS[1] as (typeof LISTINGS)[number]).filter(({ kind }) => kind === "heap");
    const text = drawing.map((line) => line.text).join("\n");
    expect(text.match(/Person at 0x[0-9a-f]+/g)).toHaveLength(2);
    expect(text.match(/refcount 2/g)).toHaveLength(2);
    expect(text.match(/generation 0/g)).toHaveLength(2);
  });
});

describe("the command line", () => {
  test("shows all six listings, without colours when the output is not a terminal", () => {
    const { status, stdout } = run(["tour"], { CI: "true" });
    expect(status).toBe(0);
    expect(stdout.match(/^\d\. .*$/gm)).toEqual(LISTINGS.map(({ title }, index) => `${index + 1}. ${title}`));
    expect(stdout).not.toContain("\x1b");
  });

  test("uses colours only on request", () => {
    expect(run(["tour", "--listing", "2"], { FORCE_COLOR: "1" }).stdout).toContain("\x1b[");
    expect(run(["tour", "--listing", "2", "--no-color"], { FORCE_COLOR: "1" }).stdout).not.toContain("\x1b");
    expect(run(["tour", "--listing", "2"], { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain("\x1b");
  });

  test.each([[["tour", "--listing", "7"]], [["tour", "--listing", "one"]], [["detour"]], [["tour", "--slow"]], [[]]])(
    "%j is a usage error",
    (args) => {
      expect(run(args)).toMatchObject({ status: 2, stdout: "" });
    },
  );

  test.each([[["--help"]], [["--version"]], [["tour", "--help"]]])("%j is not an error", (args) => {
    expect(run(args).status).toBe(0);
  });

  test("a reader that closes the output early is no error", async () => {
    const tour = spawn(process.execPath, [cli, "tour", "--fast"], { stdio: ["ignore", "pipe", "pipe"] });
    tour.stdout.destroy();
    let complaints = "";
    tour.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const status = await new Promise((resolve) => tour.on("close", resolve));
    expect({ status, complaints }).toEqual({ status: 0, complaints: "" });
  });
});
