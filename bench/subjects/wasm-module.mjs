import { readFileSync } from "node:fs";
import { built } from "../build.mjs";
import { instantiate } from "./instantiate.mjs";

export function startModule(name, imports, env) {
  return instantiate(new WebAssembly.Module(readFileSync(built(name))), name, imports, env);
}
