import type { Instance } from "../../interp/instance.ts";
import { Memory } from "../../interp/memory.ts";
import type { Guest } from "./value-type.ts";

/**
 * A beginning for the state of a host module: the guest's memory and the count of its calls, nothing else. A
 * module's own class extends it.
 */
export class GuestState implements Guest {
  hostCalls = 0;
  #memory = new Memory({ min: 0, max: 0 });

  get memory(): Memory {
    return this.#memory;
  }

  /**
   * Makes this the state for `instance`'s calls. Its memory exists only now that it was instantiated, so before
   * that every pointer is out of bounds. An instance without a memory leaves it at that.
   */
  attach(instance: Instance): void {
    if (instance.memory !== undefined) this.#memory = instance.memory;
  }
}
