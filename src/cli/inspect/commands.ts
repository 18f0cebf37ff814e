/** All commands. This module is loaded when one of them runs. */
export { check } from "./commands/check.js";
export { cycles } from "./commands/cycles.js";
export { diff, diffOfThree } from "./commands/diff.js";
export { dups } from "./commands/dups.js";
export { exportDump } from "./commands/export.js";
export { fragmentation } from "./commands/fragmentation.js";
export { info } from "./commands/info.js";
export { query } from "./commands/query.js";
export { refcounts } from "./commands/refcounts.js";
export { sql } from "./commands/sql.js";
export { top } from "./commands/top.js";
export { types } from "./commands/types.js";
export { who } from "./commands/who.js";
export { why } from "./commands/why.js";
export { run } from "./run.js";
