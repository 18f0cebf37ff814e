/**
 * Compaction: every live block moves to the lowest pages, and all that refers to an address follows. The result is an
 * image of the same heap in as few pages as it can have. The source is only read.
 */
import { SECTIONS, makeHeader, placeSections } from "../format.js";
import { checksumOf } from "../checksum.js";
import { encodeMeta } from "../meta.js";
import { bytesOf, controlRow } from "../rows.js";
import { TABLE_BUFFERS } from "../../wasm/control-fields.js";
import type { ControlValues } from "../../wasm/control-fields.js";
import { PAGE_LARGE, PAGE_SPAN } from "../../wasm/core-layout.js";
import type { Forwards } from "./forwards.js";
import { moveBlocks } from "./move.js";
import type { MovedTally } from "./move.js";
import type { Plan } from "./plan.js";
import type { BlockSource } from "./source.js";

/** The fields of the control block that are addresses of blocks. */
const ADDRESSES = [
  ...TABLE_BUFFERS,
  "none",
  "falseObject",
  "trueObject",
  "smallInts",
  "emptyTuple",
  "garbage",
] as const;

/** A compacted image, and where everything went. */
export interface Compaction {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly forwards: Forwards;
  readonly tally: MovedTally;
}

/** How a compaction is done. */
export interface CompactionOptions {
  /** Whether to compute the checksums of the image. Without them only this program can read it. */
  readonly hasChecksums: boolean;
  /** Counts the steps of the searches in tables: throws when they are too many. */
  readonly spend?: (steps: number) => void;
}

/** Makes an image of a heap whose blocks are where the plan puts them. */
export function compactSource(source: BlockSource, plan: Plan, { hasChecksums, spend }: CompactionOptions): Compaction {
  const small = smallSections(source, plan);
  const sizes = [...small.map((section) => section.length), plan.bytes];
  const { offsets, end } = placeSections(sizes);
  const bytes = new Uint8Array(end);
  small.forEach((section, index) => {
    bytes.set(section, offsets[index]);
  });
  const pagesAt = offsets.at(-1) as number;
  const tally = moveBlocks(source, plan, new Uint32Array(bytes.buffer, pagesAt, plan.bytes / 4), spend);
  const sections = [...small, bytes.subarray(pagesAt)];
  bytes.set(makeHeader(source.isChecked, sizes, hasChecksums ? sections.map(checksumOf) : sizes.map(() => 0)));
  return { bytes, forwards: plan.forwards, tally };
}

/** All sections except PAGE. */
function smallSections(source: BlockSource, plan: Plan): Uint8Array[] {
  const { forwards } = plan;
  const { meta } = source;
  const control = movedControl(source, plan);
  const sections = {
    META: encodeMeta({ ...meta, roots: meta.roots.map(([name, address]) => [name, forwards.to(address)]) }),
    CTRL: bytesOf(
      controlRow(
        control,
        source.young.map((object) => forwards.to(object)),
      ),
    ),
    RUNS: bytesOf(plan.rows),
    ORDR: bytesOf(plan.order),
    HAND: bytesOf(movedRows(source.handles, 2, forwards)),
    SATU: bytesOf(sortedRows(movedRows(source.saturated, 2, forwards), 2)),
    SITE: bytesOf(sortedRows(movedRows(source.sites, 3, forwards), 3)),
  };
  return SECTIONS.slice(0, -1).map((name) => sections[name as keyof typeof sections]);
}

function movedControl({ control, runs }: BlockSource, { forwards, endPage, pagesInUse }: Plan): ControlValues {
  const moved = { ...control, endPage };
  for (const field of ADDRESSES) moved[field] = forwards.to(control[field]);
  // What has grown since the last collection stays as it is.
  let before = 0;
  for (const { state, pages } of runs) if (state === PAGE_SPAN || state === PAGE_LARGE) before += pages;
  for (const field of ["pagesAfter", "pagesAfterFull"] as const)
    moved[field] = Math.max(0, control[field] - (before - pagesInUse));
  return moved;
}

/** Rows that begin with an address, moved. */
function movedRows(rows: Uint32Array, width: number, forwards: Forwards): Uint32Array {
  const moved = rows.slice();
  for (let row = 0; row < rows.length; row += width) moved[row] = forwards.to(rows[row] as number);
  return moved;
}

/** Rows in the order of their first words. */
function sortedRows(rows: Uint32Array, width: number): Uint32Array {
  const starts = Array.from({ length: rows.length / width }, (_, row) => row * width);
  starts.sort((a, b) => (rows[a] as number) - (rows[b] as number));
  return Uint32Array.from(starts.flatMap((start) => [...rows.subarray(start, start + width)]));
}
