import { parseArgs } from "node:util";

export const HELP = `Usage: npm run bench -- [options]      or: heapwright bench [options]

Measures heapwright and its peers, each case in a process of its own, and says which targets hold.

  --only <words>      cases whose workload or subject contains one of these words (comma-separated);
                      several of these options: all must match
  --most <size>       no sizes above it
  --quick             small sizes and two runs: to see that it works, not to compare
  --runs <number>     runs of each case (5)
  --growth            full collections, garbage, drops and steady cycles at many sizes, drawn as curves
  --list              say which cases there are, and stop
  --json              print the results as JSON, not as a table
  --out <directory>   where results.json and the drawings go (bench-results)
  --core <number>     the core to run on, where there is taskset (the last)
  --no-install        do not fetch peers that are missing: leave them out
  --help

Progress goes to stderr. docs/benchmarks.md says how to read what comes out.`;

/** @throws TypeError for what is no option, or has no sensible value. */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      most: { type: "string" },
      runs: { type: "string" },
      growth: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      out: { type: "string", default: "bench-results" },
      core: { type: "string" },
      install: { type: "boolean", default: true },
      help: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  const number = (name, fallback, least) => {
    if (values[name] === undefined) return fallback;
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} is a number from ${least}`);
    return value;
  };
  return {
    ...values,
    only: values.only.map((words) => words.split(",").filter((word) => word !== "")),
    runs: number("runs", values.quick ? 2 : 5, 1),
    most: number("most", Infinity, 1),
    core: number("core", undefined, 0),
  };
}
