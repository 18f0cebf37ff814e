/**
 * Byte offsets in the control block of the numbers that the host reads from a running heap. `control-fields.ts` describes
 * the whole block; a program that neither saves nor restores does not bundle it. `tests/core/core-layout.test.ts` compares
 * the two.
 *
 * The values of the three generations are adjacent: the constant is the offset of the first.
 */
export const FIRST_PAGE = 4;
export const END_PAGE = 8;
export const LIMIT_PAGE = 12;
export const FREE_PAGES = 16;
export const PAGES_IN_USE = 20;
export const DESCRIPTOR_PAGES = 24;
export const BITMAP_PAGES = 28;
export const TYPES = 76;
export const WEAKREFS = 140;
export const INTERN_CAPACITY = 148;
export const INTERN_SIZE = 152;
export const UNHASHABLE = 164;
export const NONE = 168;
export const FALSE_OBJECT = 172;
export const TRUE_OBJECT = 176;
export const ENABLED = 188;
export const PAUSES = 192;
export const BYTE_THRESHOLD = 204;
export const COLLECTING = 216;
export const DEBUG = 224;
export const CANDIDATES = 244;
export const FREED_BYTES = 248;
export const THRESHOLD = 252;
export const COUNT = 264;
export const COLLECTIONS = 292;
export const COLLECTED = 304;
export const BOUNDED = 316;
export const PHASE = 320;
export const STEPS = 408;
export const IS_HURRIED = 412;
export const VERIFY_ADDRESS = 476;
export const LIVE_OBJECTS = 480;
export const LIVE_BLOCKS = 484;
export const LIVE_BYTES = 488;
