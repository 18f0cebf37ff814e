#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import picocolors from "picocolors";
import { commandFirst, inspectProgram } from "./inspect/program.js";

const { version } = createRequire(import.meta.url)("heapwright/package.json") as { version: string };

// A reader that closes the pipe early (`| head`) is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

function parseListing(text: string): number {
  const listing = Number(text);
  if (!Number.isInteger(listing) || listing < 1 || listing > 6)
    throw new InvalidArgumentError("Expected a number from 1 to 6.");
  return listing;
}

/** Whether to colour: on a terminal, or on request. (picocolors also does in every CI, whose logs are files.) */
function wantsColors(): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  return !NO_COLOR && (process.stdout.isTTY || Boolean(FORCE_COLOR));
}

function colors(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(program.opts<{ color: boolean }>().color && wantsColors());
}

const program = new Command("heapwright")
  .description("Python's memory manager, rebuilt for WebAssembly")
  .version(version)
  .option("--no-color", "no colours (also: NO_COLOR=1)")
  .showHelpAfterError()
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

program
  .command("tour")
  .description("replay, on a real heap, the listings by which articles explain Python's memory management")
  .option("--fast", "no pauses (the default when the output is no terminal)")
  .option("--listing <number>", "only this one, from 1 to 6", parseListing)
  .addHelpText("after", "\nExamples:\n  $ heapwright tour\n  $ heapwright tour --fast --listing 5")
  .action(async (options: { fast?: boolean; listing?: number }) => {
    const { runTour } = await import("./tour/tour.js");
    await runTour({
      fast: options.fast ?? !process.stdout.isTTY,
      ...(options.listing === undefined ? {} : { listing: options.listing }),
      colors: colors(),
      write: (text) => process.stdout.write(text),
    });
  });

program
  .command("bench")
  .description("measure this heap and its peers, each in a process of its own (see: heapwright bench --help)")
  .argument("[options...]")
  .allowUnknownOption()
  .helpOption(false)
  .action((options: string[]) => {
    // The package contains the source of the benchmarks. The peers that they compare with are installed when missing.
    const script = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
    const { status } = spawnSync(process.execPath, [script, ...options], { stdio: "inherit" });
    process.exitCode = status ?? 1;
  });

const inspect = inspectProgram(program, () => ({ out: process.stdout, err: process.stderr, colors: colors() }));
program.addCommand(inspect);

const [node = "", script = "", first, ...rest] = process.argv;
await program.parseAsync(first === "inspect" ? [node, script, first, ...commandFirst(inspect, rest)] : process.argv);
