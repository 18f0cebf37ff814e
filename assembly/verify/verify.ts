// Every invariant of the heap, as code: one file for each kind. `verifyHeap` has the order. Each check relies on the
// facts that earlier checks have established, so none reads outside of memory or loops forever, even if the heap is
// damaged.
// It may run whenever user code may, so also inside a finalizer or callback, in a death or a collection. It needs no
// memory, and changes nothing except `verifyAddress`.

import { verifyContainers } from "./verify-containers";
import { verifyControl } from "./verify-control";
import { verifyCycle } from "./verify-cycle";
import { verifyLists } from "./verify-lists";
import { verifyBlocks } from "./verify-memory";
import { verifyObjects } from "./verify-objects";
import { verifyProgress } from "./verify-progress";
import { verifyRefcounts } from "./verify-refcounts";
import { verifyTables } from "./verify-tables";
import { verifyTypes } from "./verify-types";
import { verifyValues } from "./verify-values";
import { verifyCallbacks, verifyWeak } from "./verify-weak";

/** 0, or the first broken invariant; `control.verifyAddress` then says where. */
export function verifyHeap(): u32 {
  let broken = verifyControl();
  if (!broken) broken = verifyBlocks();
  if (!broken) broken = verifyTypes();
  if (!broken) broken = verifyObjects();
  if (!broken) broken = verifyTables();
  if (!broken) broken = verifyRefcounts();
  if (!broken) broken = verifyValues();
  if (!broken) broken = verifyLists();
  if (!broken) broken = verifyWeak();
  if (!broken) broken = verifyCallbacks();
  if (!broken) broken = verifyContainers();
  if (!broken) broken = verifyProgress();
  if (!broken) broken = verifyCycle();
  return broken;
}
