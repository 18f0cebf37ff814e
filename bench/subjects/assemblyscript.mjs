import { startModule } from "./wasm-module.mjs";

const collected = {
  churn: true,
  trees: true,
  "full-random": true,
  "full-one-root": true,
  "full-sequential": true,
  "full-aged": true,
  garbage: true,
  steady: true,
  drop: true,
  bytes: true,
  pauses: true,
};

export const minimal = {
  name: "as-minimal",
  title: "AssemblyScript, minimal",
  build: ["as-minimal"],
  workloads: collected,
  start: () => startModule("as-minimal"),
};

export const incremental = {
  name: "as-incremental",
  title: "AssemblyScript, incremental",
  build: ["as-incremental"],
  workloads: collected,
  start: () => startModule("as-incremental"),
};

/** No collector: what one would be built on. */
export const tlsf = {
  name: "as-tlsf",
  title: "AssemblyScript's TLSF",
  build: ["as-tlsf"],
  workloads: { churn: true, "mixed-512": true, "mixed-32768": true },
  start() {
    const program = startModule("as-tlsf");
    const before = program.bytesTaken();
    return { ...program, bytesInUse: () => program.bytesTaken() - before };
  },
};
