import { startModule } from "./wasm-module.mjs";

/** No collector at all, but what one cannot do without: a read for each reference. */
export const limit = {
  name: "limit",
  title: "limit: reads alone",
  build: ["limit"],
  workloads: {
    "full-random": true,
    "full-one-root": true,
    "full-sequential": true,
    "full-aged": true,
  },
  start: () => startModule("limit"),
};
