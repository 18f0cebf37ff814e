import { FIRST_USER_TYPE } from "../../assembly/layout.js";
import { BadImageError, BadOptionError, HeapwrightError, describe } from "../base/errors.js";
import { BUILTIN_TYPES } from "../handles/builtins.js";
import { StructLayout } from "../handles/struct-layout.js";
import type { OutOfMemoryError } from "../base/errors.js";
import type { CheckedImage } from "../image/check/check.js";
import { HANDLE_WORDS, SITE_WORDS } from "../image/image.js";
import type { TypePlan } from "../image/meta.js";
import { placeImage } from "../image/place.js";
import { parseFields } from "../object/field-types.js";
import { outOfMemory } from "../state/out-of-memory.js";
import { Orphans } from "../state/orphans.js";
import { growMemoryTo } from "../state/reserve.js";
import type { Store } from "../state/store.js";
import { RestoredTraces } from "../state/traces.js";
import type { LiveTrace } from "../state/traces.js";
import { describeInvariant } from "../wasm/invariants.js";
import { floatOf } from "./float.js";

/**
 * Turns a freshly started heap into the heap of an image.
 *
 * @throws {@link BadImageError}, {@link BadOptionError}, {@link OutOfMemoryError}
 */
export function restoreInto(store: Store, checked: CheckedImage, maxBytes: number | undefined): void {
  const { image } = checked;
  const { core } = store;
  if (image.isChecked !== (core.isChecked() !== 0)) {
    const [theirs, ours] = image.isChecked ? ["checked", "release"] : ["release", "checked"];
    throw new BadOptionError(`the image is of a ${theirs} core, this is a ${ours} one: see the option "module"`);
  }
  const { endPage, limitPage } = image.control;
  const limit = maxBytes === undefined ? limitPage : maxBytes >>> 16;
  if (endPage > limit) throw imageTooLarge(endPage, limit);
  growMemoryTo(core.memory, endPage * 65536, (cause) => imageTooLarge(endPage, limit, cause));
  placeImage(core, checked, limit);
  const broken = core.verify();
  if (broken !== 0)
    throw new BadImageError(`${describeInvariant(broken)}, 0x${(core.verifyAddress() >>> 0).toString(16)}`);
  restoreTypes(store, image.plans);
  restoreBooks(store, checked);
  const rows = image.rows("SITE", SITE_WORDS);
  const records: LiveTrace[] = [];
  for (let row = 0; row < rows.length; row += SITE_WORDS) {
    const site = image.meta.sites[(rows[row + 1] as number) - 1] as string;
    records.push({ address: rows[row] as number, site, weight: floatOf(rows[row + 2] as number) });
  }
  store.traces = new RestoredTraces(store, records);
}

function imageTooLarge(pages: number, limit: number, cause?: unknown): OutOfMemoryError {
  const nothing = { limit: limit * 65536, used: 0, handles: 0 };
  return outOfMemory(`the image needs ${pages * 65536} bytes`, nothing, cause);
}

/** Adds the structs of an image, without their functions. The program defines them again. */
function restoreTypes(store: Store, plans: readonly TypePlan[]): void {
  const made = new Map<TypePlan, StructLayout>();
  const builtin = new Set(BUILTIN_TYPES.map(({ name }) => name));
  plans.forEach((plan, index) => {
    const { name, hasFinalizer, fields } = plan.record;
    if (builtin.has(name)) throw new BadImageError(`the image defines ${describe(name)}, which is built in`);
    try {
      const layout = new StructLayout(store, {
        name,
        fields: parseFields(fields.slice(plan.base?.layouts.size ?? 0)),
        base: plan.base && made.get(plan.base),
        members: [],
        restored: { id: FIRST_USER_TYPE + index, hasFinalizer },
      });
      made.set(plan, layout);
    } catch (error) {
      if (!(error instanceof HeapwrightError)) throw error;
      throw new BadImageError(`invalid type in image: ${error.message}`);
    }
  });
  for (const { id } of made.values()) store.unclaimed.add(id);
}

/** Restores named roots, the labels of callbacks, and the references that the saved program held. */
function restoreBooks(store: Store, { image, holders }: CheckedImage): void {
  const { meta } = image;
  for (const [name, address] of meta.roots) store.roots.set(name, address);
  for (const [id, label] of meta.callbacks) store.callbacks.labels.set(id, label);
  store.callbacks.next = meta.nextCallback;
  store.orphans = new Orphans(image.rows("HAND", HANDLE_WORDS), meta.sites, holders.unexplained());
}
