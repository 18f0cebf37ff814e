import { outside } from "../base/entered.js";
import type { Address } from "../wasm/exports.js";
import { LeakNet } from "./leak-net.js";
import type { LeakHook, LeakLog, LiveHandle } from "./leak-log.js";
import type { UnraisableContext } from "./unraisable.js";

/** The parts of a heap that the net needs. */
interface Owner {
  readonly core: { decref(address: Address): void };
  readonly isDead: boolean;
  readonly leaks: LeakLog;
  isImmortal(address: Address): boolean;
  describeHandle(address: Address, site: string | undefined): LiveHandle;
  callOut(context: UnraisableContext, run: () => void): void;
  lookAtFill(): void;
}

/** The net for handles that JavaScript's collector finds: each is logged, passed to `onLeak`, and released. */
export function netFor(owner: Owner, withSites: boolean, onLeak: LeakHook | undefined): LeakNet {
  const onFull = (): void => {
    owner.lookAtFill();
  };
  return new LeakNet(withSites, onFull, (address, site) => {
    if (owner.isDead || owner.isImmortal(address)) return;
    const leak = owner.describeHandle(address, site);
    owner.leaks.add(leak);
    if (onLeak !== undefined)
      owner.callOut({ where: "leak", type: leak.type }, () => {
        outside(onLeak, undefined, { ...leak });
      });
    letGo(owner, address);
  });
}

/** Drops a reference, unless a hook has disposed of the heap or found it corrupt. */
function letGo(owner: Owner, address: Address): void {
  if (!owner.isDead) owner.core.decref(address);
}
