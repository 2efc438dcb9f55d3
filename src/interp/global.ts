import type { GlobalType } from "../decoder/module.ts";
import {
  bitsFromLanes,
  bitsToLanes,
  type Lanes,
  type Value,
  valueFromLanes,
  valueToLanes,
} from "./values.ts";

/**
 * A global variable: two lanes at `at` in an array that all globals of one instance share (one indirection
 * fewer for the machine than a cell of its own).
 */
export class Global {
  readonly type: GlobalType;
  readonly lanes: Lanes;
  readonly at: number;

  constructor(type: GlobalType, lanes: Lanes = new Int32Array(2), at = 0) {
    this.type = type;
    this.lanes = lanes;
    this.at = at;
  }

  /** A global made by the host. */
  static of(type: GlobalType, value: Value): Global {
    const global = new Global(type);
    valueToLanes(type.type, value, global.lanes, global.at);
    return global;
  }

  get value(): Value {
    return valueFromLanes(this.type.type, this.lanes, this.at);
  }
  /** @throws TypeError if the global is immutable. */
  set value(value: Value) {
    if (!this.type.mutable) throw new TypeError("the global is immutable");
    valueToLanes(this.type.type, value, this.lanes, this.at);
  }

  /** The raw bits, as an unsigned BigInt: keeps every NaN. */
  get bits(): bigint {
    return bitsFromLanes(this.type.type, this.lanes, this.at);
  }
  set bits(bits: bigint) {
    if (!this.type.mutable) throw new TypeError("the global is immutable");
    bitsToLanes(this.type.type, bits, this.lanes, this.at);
  }
}
