import { Command, InvalidArgumentError, Option } from "commander";
import type { StepOptions } from "../../dump/steps.js";
import { UsageError } from "./errors.js";
import { MOST_ROWS } from "./report.js";
import type { Report } from "./report.js";
import type { Open, Terminal } from "./run.js";
import { parseAmount, shown } from "./text.js";

/** The code that reads dumps. It is loaded when a command runs, so `--help` does not wait for it. */
const commands = () => import("./commands.js");

/** Options of all commands. */
interface Common {
  json?: boolean;
  limit: number;
}

export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to)
      throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
    return value;
  };
}

const EXPORT_FORMATS = ["heapsnapshot", "parquet", "dot", "folded", "html"] as const;

function oneOf(choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (!choices.includes(text)) throw new InvalidArgumentError(`Expected one of ${choices.join(", ")}.`);
    return text;
  };
}

/** The command `heapwright inspect`. */
export function inspectProgram(parent: Command, terminal: () => Terminal): Command {
  const inspect = new Command("inspect")
    .copyInheritedSettings(parent)
    .description("look into a heap dump: a heap image, or a V8 .heapsnapshot (either may be gzipped)")
    .addHelpText(
      "after",
      `
Examples:
  $ heapwright inspect app.heapsnapshot            what is in it
  $ heapwright inspect top app.heapsnapshot        what retains most, and where it piles up
  $ heapwright inspect why app.heapsnapshot @1234  why that object lives
  $ heapwright inspect diff before.heap after.heap

With --json each prints an object, whose lists say how much they leave out. The file may also come before the command.
Exit codes: 0 fine, 1 a check failed, 2 wrong arguments or a bad file, 130 interrupted.`,
    );

  const command = (name: string, description: string, limit = 20): Command => {
    const one = new Command(name)
      .description(description)
      .option("--json", "print JSON")
      .addOption(
        new Option("--limit <rows>", `rows of each list, up to ${MOST_ROWS}`)
          .default(limit)
          .argParser(wholeNumber(1, MOST_ROWS)),
      )
      .copyInheritedSettings(inspect);
    inspect.addCommand(one, { isDefault: name === "info" });
    return one;
  };
  const act = async (
    name: string,
    options: Common,
    action: (open: Open, steps: StepOptions) => Promise<Report>,
  ): Promise<void> => {
    const controller = new AbortController();
    const interrupt = (): void => {
      controller.abort(new Error("interrupted"));
    };
    process.once("SIGINT", interrupt);
    try {
      const { run } = await commands();
      const settings = { command: name, json: options.json ?? false, signal: controller.signal };
      process.exitCode = await run(terminal(), settings, action);
    } finally {
      process.off("SIGINT", interrupt);
    }
  };

  command("info", "what is in it: live, garbage, leaked, free; generations and roots")
    .argument("<file>")
    .action((file: string, options: Common) =>
      act("info", options, async (open) => (await commands()).info(await open(file))),
    );

  command("types", "objects by type, or by where they were made")
    .argument("<file>")
    .addOption(new Option("--by <order>").choices(["self", "count", "retained", "site"]).default("self"))
    .option("--gen <number>", "only objects of this generation", wholeNumber(0, 2))
    .action((file: string, options: Common & { by: "self"; gen?: number }) =>
      act("types", options, async (open) => (await commands()).types(await open(file), options)),
    );

  command("top", "what retains most, where it piles up, and suspects")
    .argument("<file>")
    .option("--all", "objects at any depth of the dominator tree")
    .action((file: string, options: Common & { all?: boolean }) =>
      act("top", options, async (open) => (await commands()).top(await open(file), options)),
    );

  command("why", "why an object lives: paths from roots, refcount equation, dominators, site")
    .argument("<file>")
    .argument("<object>", "0x30008, @1234, or a type: then its largest object")
    .option("--paths <number>", "paths that share no object, at most", wholeNumber(1, 100), 3)
    .action((file: string, object: string, options: Common & { paths: number }) =>
      act("why", options, async (open) => (await commands()).why(await open(file), object, options)),
    );

  command("who", "who holds the objects of a type: the types of their dominators, upwards")
    .argument("<file>")
    .argument("<type>")
    .option("--levels <number>", "levels of holders", wholeNumber(1, 20), 3)
    .action((file: string, type: string, options: Common & { levels: number }) =>
      act("who", options, async (open) => (await commands()).who(await open(file), type, options)),
    );

  command("cycles", "groups of objects in cycles, what keeps them, where to cut", 5)
    .argument("<file>")
    .option("--garbage", "those that wait for the collector")
    .addOption(new Option("--live", "those that do not").conflicts("garbage"))
    .action((file: string, options: Common & { garbage?: boolean; live?: boolean }) =>
      act("cycles", options, async (open) => (await commands()).cycles(await open(file), options)),
    );

  command("refcounts", "counts that are wrong, leaked references, who is referred to most", 10)
    .argument("<file>")
    .action((file: string, options: Common) =>
      act("refcounts", options, async (open) => (await commands()).refcounts(await open(file), options)),
    );

  command("fragmentation", "how full pages are, by size class; old and young in one span")
    .argument("<file>")
    .action((file: string, options: Common) =>
      act("fragmentation", options, async (open) => (await commands()).fragmentation(await open(file), options)),
    );

  command("diff", "what changed between two dumps; of three: what grew twice")
    .argument("<before>")
    .argument("<after>")
    .argument("[later]", "a third dump, after more of the same work")
    .addOption(new Option("--by <what>", "of two dumps").choices(["type", "path", "site"]).default("type"))
    .action((before: string, after: string, later: string | undefined, options: Common & { by: "type" }) =>
      act("diff", options, async (open) => {
        const { diff, diffOfThree } = await commands();
        const [first, second] = [await open(before), await open(after)];
        return later === undefined
          ? diff(first, second, options)
          : diffOfThree(first, second, await open(later), options);
      }),
    );

  command("dups", "equal texts, numbers and tuples, and what they waste")
    .argument("<file>")
    .action((file: string, options: Common) =>
      act("dups", options, async (open) => (await commands()).dups(await open(file), options)),
    );

  command("query", "objects that pass a filter: 'type = Session and retained > 10kB and not garbage'")
    .argument("<file>")
    .argument("[filter]", "see docs/inspect.md")
    .option("--sql <select>", "ask DuckDB instead, if @duckdb/node-api is installed: tables objects, refs, roots")
    .addOption(
      new Option("--by <field>", "order of the rows, the highest first")
        .choices(["retained", "self", "count", "refcount", "in", "out", "depth", "id", "address"])
        .default("retained"),
    )
    .action((file: string, filter: string | undefined, options: Common & { by: "retained"; sql?: string }) =>
      act("query", options, async (open, steps) => {
        if ((filter === undefined) === (options.sql === undefined))
          throw new UsageError("give a filter, as in 'type = Session and retained > 1kB', or --sql \"SELECT …\"");
        if (filter !== undefined) return (await commands()).query(await open(file), filter, options);
        const { sql } = await commands();
        return sql(await open(file), options.sql as string, options, steps);
      }),
    );

  command("export", "for other tools: heapsnapshot (Chrome DevTools), parquet (SQL), dot, folded (flame graphs), html")
    .argument("<file>")
    .argument("<format>", "heapsnapshot, parquet, dot, folded or html", oneOf(EXPORT_FORMATS))
    .requiredOption("--out <path>", "file to write; for parquet a folder")
    .option("--partition <values>", "for parquet, one folder for many dumps: day=2026-03-01/pod=web-1")
    .option("--sites", "for heapsnapshot: with allocation stacks, which VS Code's viewer does not read")
    .option("--of <object>", "for dot: the object in the middle, or a type")
    .option("--cycle", "for dot: a group of objects in cycles")
    .option("--depth <steps>", "for dot: steps from the middle", wholeNumber(0, 300))
    .action((file: string, format: "html", options: Common & ExportFlags) =>
      act("export", options, async (open, steps) =>
        (await commands()).exportDump(await open(file), { ...options, format }, steps),
      ),
    );

  command("check", "budgets for CI: exit code 1 and the path of the first offender")
    .argument("<file>")
    .option("--max-live <bytes>", "bytes of live objects: 10MB, 64KiB", amount)
    .option("--max-objects <number>", "live objects", amount)
    .option("--no-cycles", "no object is part of a cycle")
    .option("--no-garbage", "nothing waits for the cycle collector")
    .option("--no-leaked-refs", "every reference from outside has a handle or a name, every refcount is right")
    .option("--baseline <file>", "an earlier dump: live bytes may not have grown by more than --max-growth")
    .option("--max-growth <bytes>", "default: 0", amount)
    .action((file: string, options: Common & CheckFlags) =>
      act("check", options, async (open) => {
        const { check } = await commands();
        const { baseline, ...budgets } = options;
        const earlier = baseline === undefined ? {} : { baseline: await open(baseline) };
        return check(await open(file), { ...budgets, ...earlier });
      }),
    );

  return inspect;
}

interface CheckFlags {
  maxLive?: number;
  maxObjects?: number;
  cycles: boolean;
  garbage: boolean;
  leakedRefs: boolean;
  baseline?: string;
  maxGrowth?: number;
}

interface ExportFlags {
  out: string;
  partition?: string;
  sites?: boolean;
  of?: string;
  cycle?: boolean;
  depth?: number;
}

function amount(text: string): number {
  const value = parseAmount(text);
  if (value === null) throw new InvalidArgumentError("Expected a number, optionally with kB, MB, GB, KiB, MiB or GiB.");
  return value;
}

/** Moves the command of `inspect` to the front: people also write `inspect FILE COMMAND`. Without arguments: help. */
export function commandFirst(program: Command, args: readonly string[]): string[] {
  if (args.length === 0) program.help({ error: true });
  const commands = program.commands.map((command) => command.name());
  const names = new Set(["help", ...commands]);
  const [file, name, ...rest] = args;
  if (file === undefined || name === undefined || file.startsWith("-") || name.startsWith("-") || names.has(file))
    return [...args];
  if (!names.has(name))
    program.error(
      `error: neither ${shown(file)} nor ${shown(name)} is a command (to compare two dumps: diff). There are ${commands.join(", ")}.`,
    );
  return [name, file, ...rest];
}
