import type { ControlValues } from "../../wasm/control-fields.js";
import type { Run } from "../image.js";
import type { Meta } from "../meta.js";
import type { TypeShape } from "../types.js";

/** A heap to be compacted: an image, or a live heap. The compaction only reads it. */
export interface BlockSource {
  readonly isChecked: boolean;
  readonly meta: Meta;
  readonly control: ControlValues;
  /** The shapes of all types, by id. */
  readonly types: readonly TypeShape[];
  /** The bytes of the blocks. */
  readonly words: Uint32Array;
  /** All runs of pages, in address order. */
  readonly runs: readonly Run[];
  /** For each page: its run, as an index of `runs`; and where its bytes begin in `words`. */
  readonly runOfPage: Uint32Array;
  readonly pageStart: Uint32Array;
  /** The first object of generation 0, and of 1; 0 = none. */
  readonly young: readonly [number, number];
  /** The links at both ends of the young lists, which lead to no object. */
  readonly heads: readonly [number, number];
  /** Rows of HAND, SATU and SITE. */
  readonly handles: Uint32Array;
  readonly saturated: Uint32Array;
  readonly sites: Uint32Array;
}
