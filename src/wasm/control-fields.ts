/**
 * The fields of the control block, and their offsets. `assembly/control.ts` defines the block. See `core-layout.ts`.
 */

/** How an image treats a field of the control block. */
export type FieldRole =
  /** The image contains it. */
  | "saved"
  /** A restore computes it from other data. */
  | "derived"
  /** Used only within an operation. */
  | "scratch";

/** The fields of `Control`, in order: 32 bits each, or 64 where stated. */
export const CONTROL_FIELDS = {
  version: "derived",
  firstPage: "saved",
  endPage: "saved",
  limitPage: "saved",
  freePages: "derived",
  pagesInUse: "derived",
  descriptorPages: "derived",
  bitmapPages: "derived",
  freeTrees: "derived",
  noSpans: "derived",
  markStack: "derived",
  greyWords: "scratch",
  greyNext: "scratch",
  greyCursor: "scratch",
  greyNoted: "scratch",
  isWide: "scratch",
  spillsLeft: "scratch",
  spillsBefore: "scratch",
  markedOld: "scratch",
  types: "derived",
  typeCapacity: "saved",
  typeCount: "saved",
  typesBuffer: "saved",
  rootsMapBuffer: "saved",
  rootsMapCapacity: "saved",
  rootsMapSize: "derived",
  weakrefMapBuffer: "saved",
  weakrefMapCapacity: "saved",
  weakrefMapSize: "derived",
  entryMapBuffer: "saved",
  entryMapCapacity: "saved",
  entryMapSize: "derived",
  entryIndexBuffer: "saved",
  entryIndexCapacity: "saved",
  entryIndexSize: "derived",
  weakrefs: "derived",
  internBuffer: "saved",
  internCapacity: "saved",
  internSize: "derived",
  loans: "scratch",
  hashSeed: "saved",
  unhashable: "scratch",
  none: "saved",
  falseObject: "saved",
  trueObject: "saved",
  smallInts: "saved",
  emptyTuple: "saved",
  enabled: "saved",
  pauses: "scratch",
  birthsLimit: "derived",
  pagesLimit: "derived",
  byteThreshold: "saved",
  pagesAfter: "saved",
  pagesAfterFull: "saved",
  collecting: "scratch",
  clearing: "scratch",
  debug: "saved",
  garbage: "saved",
  clearsAllWeakrefs: "saved",
  hasHooks: "saved",
  garbageHasHooks: "scratch",
  candidates: "saved",
  freedBytes: "saved",
  threshold0: "saved",
  threshold1: "saved",
  threshold2: "saved",
  count0: "saved",
  count1: "saved",
  count2: "saved",
  oldCount: "derived",
  frozenCount: "derived",
  longLivedTotal: "saved",
  longLivedPending: "saved",
  collections0: "saved",
  collections1: "saved",
  collections2: "saved",
  collected0: "saved",
  collected1: "saved",
  collected2: "saved",
  bounded: "saved",
  phase: "scratch",
  marking: "scratch",
  walkPage: "scratch",
  cursor: "scratch",
  markTop: "scratch",
  partial: "scratch",
  partialStage: "scratch",
  partialSlot: "scratch",
  partialEntry: "scratch",
  partialIsAtomic: "scratch",
  work: "scratch",
  birthsPerStep: "scratch",
  unitsPerBirth: "scratch",
  cycleBirths: "scratch",
  cycleBound: "scratch",
  lastGarbage: "scratch",
  cycleLinked: "scratch",
  cycleLeaves: "scratch",
  cycleCost: "scratch",
  phaseMarked: "scratch",
  youngWork: "scratch",
  lastStep: "scratch",
  steps: "scratch",
  isHurried: "scratch",
  cycleCandidates: "scratch",
  cycleCollected: "scratch",
  cycleFreed: "scratch",
  savesGarbage: "scratch",
  pendingChain: "scratch",
  pendingAt: "scratch",
  dyingTop: "scratch",
  dyingFloor: "scratch",
  dropsLeft: "scratch",
  nesting: "scratch",
  room: "scratch",
  waitingFirst: "scratch",
  waitingLast: "scratch",
  callbacksFirst: "scratch",
  callbacksLast: "scratch",
  verifyAddress: "scratch",
  liveObjects: "scratch",
  liveBlocks: "scratch",
  liveBytes: "scratch",
  collectAlways: "scratch",
  failCountdown: "scratch",
  births: "saved",
  frozenUpTo: "saved",
  cycleWork: "scratch",
  phaseWork: "scratch",
  snapshot: "scratch",
  decidedFrozen: "scratch",
} as const satisfies Record<string, FieldRole>;

export type ControlField = keyof typeof CONTROL_FIELDS;

/** The fields with the buffers of the heap's tables: the table of types, and the side tables (assembly/heap/hash-table.ts). */
export const TABLE_BUFFERS = [
  "typesBuffer",
  "rootsMapBuffer",
  "weakrefMapBuffer",
  "entryMapBuffer",
  "entryIndexBuffer",
  "internBuffer",
] as const satisfies readonly ControlField[];

const WIDE: ReadonlySet<string> = new Set([
  "liveBytes",
  "births",
  "frozenUpTo",
  "cycleWork",
  "snapshot",
  "decidedFrozen",
] satisfies ControlField[]);
const SIGNED: ReadonlySet<string> = new Set([
  "birthsLimit",
  "threshold0",
  "threshold1",
  "threshold2",
  "count0",
  "count1",
  "count2",
  "work",
  "youngWork",
  "lastStep",
  "dropsLeft",
  "birthsPerStep",
] satisfies ControlField[]);

export interface ControlPlace {
  readonly field: ControlField;
  readonly offset: number;
  readonly bytes: 4 | 8;
  readonly isSigned: boolean;
}

/** The offset of each field. */
export const CONTROL_PLACES: readonly ControlPlace[] = /* @__PURE__ */ placesOf(
  /* @__PURE__ */ Object.keys(CONTROL_FIELDS) as ControlField[],
);

function placesOf(fields: readonly ControlField[]): ControlPlace[] {
  let end = 0;
  return fields.map((field) => {
    const bytes = WIDE.has(field) ? 8 : 4;
    const offset = (end + bytes - 1) & -bytes;
    end = offset + bytes;
    return { field, offset, bytes, isSigned: SIGNED.has(field) };
  });
}

/** The fields in an image. They are stored next to each other, in this order. */
export const SAVED_PLACES = /* @__PURE__ */ CONTROL_PLACES.filter(({ field }) => CONTROL_FIELDS[field] === "saved");

/** The values of a control block. Fields of 64 bits are doubles: births stay below MAX_BIRTHS. */
export type ControlValues = Record<ControlField, number>;

/**
 * Whether the mark bits are needed after the current operation: an image would then need the two bitmaps. This is false
 * unless a collection is under way, and no image is saved during a collection. A restored heap starts with zeros.
 */
export function needsBitmaps({ collecting }: ControlValues): boolean {
  return collecting !== 0;
}
