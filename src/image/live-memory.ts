import {
  KIND_LIST,
  PAYLOAD_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { TABLE_BUFFERS } from "../wasm/control-fields.js";
import {
  DESCRIPTORS_OFFSET,
  DESCRIPTORS_SHIFT,
  DESCRIPTOR_SIZE,
  GENERATION_OFFSETS,
  tableBufferBytes,
} from "../wasm/core-layout.js";
import type { ControlValues } from "../wasm/control-fields.js";
import { readControl } from "./control.js";
import type { TypeShape } from "./types.js";

/** Pages described by one part of the table of descriptors. */
const PART_PAGES = 1 << DESCRIPTORS_SHIFT;

/** The memory of a live heap, and the shapes of its types. */
export interface LiveHeap {
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly controlBlock: number;
  /** The shapes of all types, by id. */
  readonly types: readonly TypeShape[];
}

/** Reads the parts of a live heap that an image is made of: control block, descriptors, sizes of objects. */
export class LiveMemory {
  readonly controlBlock: number;
  readonly types: readonly TypeShape[];
  readonly u32: Uint32Array;
  readonly control: ControlValues;
  /** Heads of the lists of generations 0 and 1. */
  readonly heads: readonly number[];
  /** Buffers of the heap's internal tables. A restore rebuilds these tables. */
  readonly tableBuffers: readonly number[];

  constructor({ memory, controlBlock, types }: LiveHeap) {
    this.controlBlock = controlBlock;
    this.types = types;
    this.u32 = new Uint32Array(memory.buffer);
    const control = readControl(this.u32, controlBlock);
    this.control = control;
    this.heads = GENERATION_OFFSETS.map((offset) => controlBlock + offset);
    this.tableBuffers = TABLE_BUFFERS.map((field) => control[field]).filter((buffer) => buffer !== 0);
  }

  word(address: number): number {
    return this.u32[address >>> 2] as number;
  }

  /** Index in `u32` of the descriptor of a page. */
  descriptor(page: number): number {
    const part = this.word(this.controlBlock + DESCRIPTORS_OFFSET + (page >>> DESCRIPTORS_SHIFT) * 4);
    return (part + (page & (PART_PAGES - 1)) * DESCRIPTOR_SIZE) >>> 2;
  }

  /** Bytes in use of the buffer of a list or table. `at` is the owner's index in `words`. */
  bufferBytes(words: Uint32Array, at: number): number {
    const id = (words[at + 1] as number) & TYPE_MASK;
    if (this.types[id]?.kind === KIND_LIST) return (words[at + SLOTS_COUNT_OFFSET / 4] as number) * 4;
    return tableBufferBytes((words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff, id === TYPE_DICT ? 2 : 1);
  }

  /** Bytes in use of an object's payload. */
  payloadOf(words: Uint32Array, at: number): number {
    const id = (words[at + 1] as number) & TYPE_MASK;
    if (id === TYPE_STR || id === TYPE_BYTES)
      return STR_BYTES_OFFSET - PAYLOAD_OFFSET + (words[at + STR_LENGTH_OFFSET / 4] as number);
    if (id === TYPE_TUPLE)
      return TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + (words[at + TUPLE_LENGTH_OFFSET / 4] as number) * 4;
    return (this.types[id] as TypeShape).payload;
  }
}
