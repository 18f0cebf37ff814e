import { configDefaults, defineConfig } from "vitest/config";

/**
 * What asks for the collector of JavaScript, for the end of the stack or of memory, or counts what a process holds needs
 * a process of its own.
 */
const ALONE = [
  "core/damage",
  "core/depth",
  "dump/devtools",
  "dump/steps",
  "host/core-source",
  "host/leaks",
  "host/memory-after-dispose",
  "host/out-of-memory",
  "host/stack-overflow",
  "image/restore",
  "regression/refused",
  "regression/stack-overflow",
  // These take twice as long behind others.
  "scaling/births",
  "scaling/marking",
  "scaling/tables",
].map((name) => `tests/${name}.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    execArgv: ["--expose-gc"],
    // A process for each file would cost a second for each of them: it starts, and compiles host and core anew.
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          isolate: false,
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...ALONE],
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
  },
});
