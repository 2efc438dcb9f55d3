import { localTypes } from "../local-types.ts";
import { operandKinds } from "../machine/frames.ts";
import type { FrameState } from "./configuration.ts";
import { kindOf, type ValueKind } from "./value-kind.ts";

export interface TypedBits {
  readonly kind: ValueKind;
  readonly bits: bigint;
}

export interface TypedFrame {
  readonly frame: FrameState;
  readonly locals: readonly TypedBits[];
  readonly operands: readonly TypedBits[];
}

/** A frame's values with their kinds, which follow from where it stands. */
export function typedFrame(frame: FrameState): TypedFrame {
  const types = localTypes(frame.instance, frame.func);
  const kinds = operandKinds(frame);
  return {
    frame,
    locals: frame.locals.map((bits, i) => ({ kind: kindOf(types[i]!), bits })),
    operands: frame.operands.map((bits, i) => ({ kind: kinds[i]!, bits })),
  };
}
