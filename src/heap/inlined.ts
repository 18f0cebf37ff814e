import { INLINED_CORE } from "../wasm/inlined.js";
import type { CoreAtHand } from "../wasm/instance.js";
import { Heap as HeapOfGivenCore } from "./heap.js";
import type { HeapOptions } from "./options.js";

/** @inheritDoc */
export class Heap extends HeapOfGivenCore {
  /** @internal */
  protected static override readonly core = INLINED_CORE;

  /**
   * A new, empty heap.
   *
   * @example
   * using heap = await Heap.create({ maxBytes: 64 * 2 ** 20 });
   * using list = heap.list([1, 2]);
   *
   * @throws {@link BadOptionError}, {@link OutOfMemoryError}
   */
  static override create(options: HeapOptions = {}): Promise<Heap> {
    return super.create(options as Parameters<typeof HeapOfGivenCore.create>[0]);
  }

  /**
   * As `create`, at once; a core that is given must be at hand as a module or bytes.
   *
   * @example
   * using heap = Heap.createSync();
   * using list = heap.list([1, 2]);
   */
  static override createSync(options: HeapOptions<CoreAtHand> = {}): Heap {
    return super.createSync(options as Parameters<typeof HeapOfGivenCore.createSync>[0]);
  }
}
