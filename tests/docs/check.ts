// Whether the code blocks of pages compile, run, and give what their comments say.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readBlocks } from "./blocks.js";
import type { Block } from "./blocks.js";
import { compile } from "./compile.js";
import type { Compiled, Failure } from "./compile.js";
import { patternOf } from "./pattern.js";
import { programsOf } from "./program.js";

/** A page of Markdown, or blocks that were read from elsewhere. */
export type Page = { readonly name: string } & ({ readonly markdown: string } | { readonly blocks: readonly Block[] });

export interface Report {
  readonly failures: readonly Failure[];
  readonly blocks: readonly (Block & { readonly page: string })[];
  /** How many comments were compared with what a line gave, by page. */
  readonly compared: ReadonlyMap<string, number>;
}

interface Result {
  seen: { number: number; ok: boolean; got: string }[];
  error?: string;
}

/** Runs what compiled; one result for each. */
function run(compiled: readonly Compiled[], folder: string): Result[] {
  const programs = compiled.map(({ file, program }) => ({
    file: pathToFileURL(file).href,
    expectations: program.expectations.map((expectation) =>
      expectation.kind === "value" ? { pattern: patternOf(expectation.literal) } : expectation,
    ),
  }));
  const script = fileURLToPath(new URL("run.mjs", import.meta.url));
  const { stdout, stderr, signal } = spawnSync(process.execPath, ["--enable-source-maps", script], {
    cwd: folder,
    input: JSON.stringify(programs),
    encoding: "utf8",
    timeout: 120_000,
  });
  if (stdout === "") throw new Error(`the pages' programs ended early (${signal ?? "no signal"}): ${stderr}`);
  return JSON.parse(stdout) as Result[];
}

/** The line of a page in which an error arose, by the program's source map. */
function lineOf(error: string, file: string): number {
  const place = file.replace(/\.js$/, ".ts:");
  return Number(error.slice(error.indexOf(place) + place.length).match(/^\d+/)?.[0] ?? 0);
}

function failuresOf({ program, file }: Compiled, { seen, error }: Result): Failure[] {
  const { page, expectations } = program;
  if (error !== undefined)
    return [{ page, line: lineOf(error, file), message: `throws ${error.split("\n").slice(0, 3).join("\n")}` }];
  return expectations.flatMap((expectation, number) => {
    const said = expectation.kind === "value" ? expectation.literal : expectation.text;
    const what = expectation.kind === "value" ? "gives" : "prints";
    const fail = (message: string): Failure[] => [{ page, line: expectation.line, message }];
    const results = seen.filter((result) => result.number === number);
    if (results.length === 0) return fail(`is not reached; it says ${said}`);
    const wrong = results.find(({ ok }) => !ok);
    return wrong ? fail(`${what} ${wrong.got}, and says ${said}`) : [];
  });
}

/** A block that several programs contain fails once. */
function unique(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}

/** What one page is read and composed by; what it throws names the page. */
function attempt<T>(page: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`${page}, ${(error as Error).message}`);
  }
}

/** Compiles and runs the blocks of all pages. Needs the package to be built. */
export function checkPages(pages: readonly Page[]): Report {
  const read = pages.map((page) => ({
    name: page.name,
    blocks: "blocks" in page ? page.blocks : attempt(page.name, () => readBlocks(page.markdown)),
  }));
  const programs = read.flatMap(({ name, blocks }) => attempt(name, () => programsOf(name, blocks)));
  const folder = mkdtempSync(join(tmpdir(), "heapwright-docs-"));
  try {
    const compiled = compile(programs, folder);
    const running = compiled.filter(({ program, failures }) => program.isRun && failures.length === 0);
    const results = run(running, folder);
    const compared = new Map<string, number>();
    for (const { program } of running)
      compared.set(program.page, (compared.get(program.page) ?? 0) + program.expectations.length);
    return {
      failures: unique([
        ...compiled.flatMap(({ failures }) => failures),
        ...running.flatMap((one, index) => failuresOf(one, results[index]!)),
      ]),
      blocks: read.flatMap(({ name, blocks }) => blocks.map((block) => ({ ...block, page: name }))),
      compared,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
