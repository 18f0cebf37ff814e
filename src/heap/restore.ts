import { checkFlag, readOptions } from "../base/arguments.js";
import { noImpostor } from "../handles/handle.js";
import { bytesOf, viewOf } from "../image/byte-source.js";
import type { ByteSource, Bytes } from "../image/byte-source.js";
import { checkImage } from "../image/check/check.js";
import type { CheckedImage } from "../image/check/check.js";
import { compactImage } from "../image/compact/image.js";
import { restoreInto } from "../persist/restore.js";
import type { CoreAtHand, CoreProvider } from "../wasm/instance.js";
import type { Heap } from "./heap.js";
import { checkSignal } from "../base/signal.js";
import { ASYNC_RESTORE_OPTIONS, RESTORE_OPTIONS, makeStore } from "./options.js";
import type { AsyncRestoreOptions, RestoreOptions } from "./options.js";
import { start, startSync } from "./start.js";

/** The heap of an image, of a class, over this core if no other is given. */
export async function restoreAs(
  heapClass: typeof Heap,
  core: CoreProvider,
  image: ByteSource,
  given: AsyncRestoreOptions,
): Promise<Heap> {
  const options = readOptions(given, ASYNC_RESTORE_OPTIONS);
  checkSignal(options.signal);
  const store = makeStore(options);
  const isCompact = checkFlag(options.compact ?? false, "compact");
  const checked = checkedImage(await bytesOf(noImpostor(image), options.signal), isCompact);
  await start(store, options.module ?? core.compile(), options);
  checkSignal(options.signal);
  restoreInto(store, checked, options.maxBytes);
  return heapClass.over(store);
}

/** The same, at once. */
export function restoreSyncAs(
  heapClass: typeof Heap,
  core: CoreProvider,
  image: Bytes,
  given: RestoreOptions<CoreAtHand>,
): Heap {
  const options = readOptions(given, RESTORE_OPTIONS);
  const store = makeStore(options);
  const isCompact = checkFlag(options.compact ?? false, "compact");
  const checked = checkedImage(viewOf(image), isCompact);
  startSync(store, options.module ?? core.compileSync(), options);
  restoreInto(store, checked, options.maxBytes);
  return heapClass.over(store);
}

function checkedImage(bytes: Uint8Array, isCompact: boolean): CheckedImage {
  const checked = checkImage(bytes);
  return isCompact ? compactImage(checked) : checked;
}
