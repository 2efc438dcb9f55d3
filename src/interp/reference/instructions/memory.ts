import { OPERATORS } from "../../../decoder/opcodes.ts";
import { bulkCost } from "../../gas/schedule.ts";
import { dataSize } from "../../segments.ts";
import { Trap } from "../../trap.ts";
import type { Frame } from "../frame.ts";
import { signed, unsigned } from "../numerics/integer.ts";
import { type Context, pop, popRange, type Rule, type Rules } from "./rule.ts";

/** The bytes of memory 0 from `address` + `offset` on. @throws Trap if one of them is outside the memory */
export function access(frame: Frame, address: bigint, offset: number, width: number): Uint8Array {
  const { bytes } = frame.instance.memory!;
  const start = Number(address) + offset;
  if (start + width > bytes.length) throw Trap.core("out-of-bounds-memory");
  return bytes.subarray(start, start + width);
}

/** t.load and t.loadN_sx: `width` bytes, little-endian; signed ones are extended to the `result` bits of the type. */
function load(width: number, isSigned: boolean, result: number): Rule {
  return (frame, { index: offset }) => {
    const bytes = access(frame, pop(frame), offset, width);
    const value = bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
    frame.operands.push(isSigned ? unsigned(result, signed(8 * width, value)) : value);
  };
}

/** t.store and t.storeN: the low `width` bytes, little-endian. */
function store(width: number): Rule {
  return (frame, { index: offset }) => {
    const value = pop(frame);
    const bytes = access(frame, pop(frame), offset, width);
    for (let i = 0; i < width; i++) bytes[i] = Number(unsigned(8, value >> BigInt(8 * i)));
  };
}

/** Memory instructions (spec: Execution, Instructions). */
export const MEMORY_RULES: Rules = [
  ...OPERATORS.filter(({ immediates, feature }) => immediates === "memarg" && feature === undefined).map(
    ({ name, gas, align }): [string, Rule] => {
      const width = 2 ** align;
      return [
        name,
        gas === "store" ? store(width) : load(width, name.endsWith("_s"), name.startsWith("i64") ? 64 : 32),
      ];
    },
  ),
  [
    "memory.size",
    ({ instance, operands }) => {
      operands.push(BigInt(instance.memory!.pages));
    },
  ],
  [
    "memory.grow",
    (frame, _, context) => {
      const previous = context.growMemory(frame, pop(frame));
      frame.operands.push(unsigned(32, BigInt(previous)));
    },
  ],
  [
    "memory.fill",
    (frame, _, context) => {
      const { count, source: value, target } = popRange(frame);
      const { bytes } = frame.instance.memory!;
      checkRange(target, count, bytes.length);
      chargeBytes(context, count);
      for (let i = 0; i < count; i++) bytes[target + i] = value & 0xff;
    },
  ],
  [
    "memory.copy",
    (frame, _, context) => {
      const { count, source, target } = popRange(frame);
      const { bytes } = frame.instance.memory!;
      checkRange(source, count, bytes.length);
      checkRange(target, count, bytes.length);
      chargeBytes(context, count);
      const copied = bytes.slice(source, source + count);
      for (let i = 0; i < count; i++) bytes[target + i] = copied[i]!;
    },
  ],
  [
    "memory.init",
    (frame, { index }, context) => {
      const { count, source, target } = popRange(frame);
      const { instance } = frame;
      const { bytes } = instance.memory!;
      checkRange(source, count, dataSize(instance, index));
      checkRange(target, count, bytes.length);
      chargeBytes(context, count);
      const segment = instance.module.data[index]!.bytes;
      for (let i = 0; i < count; i++) bytes[target + i] = segment[source + i]!;
    },
  ],
  [
    "data.drop",
    ({ instance }, { index }) => {
      instance.droppedData[index] = 1;
    },
  ],
];

function checkRange(start: number, count: number, size: number): void {
  if (start + count > size) throw Trap.core("out-of-bounds-memory");
}

function chargeBytes(context: Context, count: number): void {
  context.chargeGas(BigInt(count) * BigInt(bulkCost(context.schedule, "bulkByte")));
}
