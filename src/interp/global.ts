import { type GlobalType, isRefType } from "../decoder/module.ts";
import { isReferenceOf, type Reference } from "./references.ts";
import {
  bitsFromLanes,
  bitsToLanes,
  type Lanes,
  lanesOf,
  type Value,
  valueFromLanes,
  valueToLanes,
} from "./values.ts";

/**
 * A global variable: its lanes at `at` in an array that all globals of one instance share (one indirection
 * fewer for the machine than a cell of its own). One of a reference type holds the reference itself instead.
 */
export class Global {
  readonly type: GlobalType;
  readonly lanes: Lanes;
  readonly at: number;
  /** The value if the type is one of references. Written by `value`, and by executors. */
  reference: Reference = null;

  constructor(type: GlobalType, lanes: Lanes = new Int32Array(lanesOf(type.type)), at = 0) {
    this.type = type;
    this.lanes = lanes;
    this.at = at;
  }

  /** A global made by the host. @throws TypeError for what is no value of the type */
  static of(type: GlobalType, value: Value): Global {
    const global = new Global(type);
    global.initialise(value);
    return global;
  }

  get value(): Value {
    return isRefType(this.type.type) ? this.reference : valueFromLanes(this.type.type, this.lanes, this.at);
  }
  /** @throws TypeError if the global is immutable, or for what is no value of the type */
  set value(value: Value) {
    if (!this.type.mutable) throw new TypeError("the global is immutable");
    this.initialise(value);
  }

  /** The raw bits, as an unsigned BigInt: keeps every NaN. Those of a reference say nothing: see `reference`. */
  get bits(): bigint {
    return bitsFromLanes(this.type.type, this.lanes, this.at);
  }
  set bits(bits: bigint) {
    if (!this.type.mutable) throw new TypeError("the global is immutable");
    bitsToLanes(this.type.type, bits, this.lanes, this.at);
  }

  private initialise(value: Value): void {
    const { type } = this.type;
    if (!isRefType(type)) valueToLanes(type, value, this.lanes, this.at);
    else if (isReferenceOf(type, value)) this.reference = value;
    else throw new TypeError("the value is no reference of the global's type");
  }
}
