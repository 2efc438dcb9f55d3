import { OPERATORS, type Operator } from "../../../decoder/opcodes.ts";
import { signed, unsigned } from "../numerics/integer.ts";
import { lanesOf, vectorOf } from "../numerics/vector.ts";
import { access } from "./memory.ts";
import { pop, type Rule, type Rules } from "./rule.ts";

type Width = 8 | 16 | 32 | 64;

/** Bits of a lane of the shape at the beginning of a name: `i8x16`. */
const laneWidth = (name: string): Width => Number(/^[if](\d+)x/.exec(name)![1]) as Width;

const fromBytes = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);

/** What becomes of the bytes that a load has read. */
function loaded(name: string): (bits: bigint) => bigint {
  const extend = /load(\d+)x\d_([su])$/.exec(name);
  if (extend !== null) {
    const width = Number(extend[1]) as Width;
    const count = 64 / width;
    return (bits) =>
      vectorOf(
        (2 * width) as Width,
        lanesOf(width, bits)
          .slice(0, count)
          .map((lane) => (extend[2] === "s" ? signed(width, lane) : lane)),
      );
  }
  const splat = /load(\d+)_splat$/.exec(name);
  if (splat !== null) {
    const width = Number(splat[1]) as Width;
    return (bits) => vectorOf(width, new Array<bigint>(128 / width).fill(bits));
  }
  return (bits) => vectorOf(64, lanesOf(64, bits));
}

function load({ name, align }: Operator): Rule {
  const make = loaded(name);
  return (frame, { index: offset }) => {
    frame.operands.push(make(fromBytes(access(frame, pop(frame), offset, 2 ** align))));
  };
}

const store: Rule = (frame, { index: offset }) => {
  const bytes = lanesOf(8, pop(frame));
  access(frame, pop(frame), offset, 16).set(bytes.map(Number));
};

function loadLane({ align }: Operator): Rule {
  const width = (8 * 2 ** align) as Width;
  return (frame, { index: offset, second: lane }) => {
    const lanes = lanesOf(width, pop(frame));
    lanes[lane] = fromBytes(access(frame, pop(frame), offset, width / 8));
    frame.operands.push(vectorOf(width, lanes));
  };
}

function storeLane({ align }: Operator): Rule {
  const width = (8 * 2 ** align) as Width;
  return (frame, { index: offset, second: lane }) => {
    const value = lanesOf(width, pop(frame))[lane]!;
    const bytes = access(frame, pop(frame), offset, width / 8);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number(unsigned(8, value >> BigInt(8 * i)));
  };
}

function extractLane({ name }: Operator): Rule {
  const width = laneWidth(name);
  return (frame, { index: lane }) => {
    const value = lanesOf(width, pop(frame))[lane]!;
    frame.operands.push(name.endsWith("_s") ? unsigned(32, signed(width, value)) : value);
  };
}

function replaceLane({ name }: Operator): Rule {
  const width = laneWidth(name);
  return (frame, { index: lane }) => {
    const value = pop(frame);
    const lanes = lanesOf(width, pop(frame));
    lanes[lane] = value;
    frame.operands.push(vectorOf(width, lanes));
  };
}

const shuffle: Rule = (frame, { labels: indices }) => {
  const second = lanesOf(8, pop(frame));
  const both = [...lanesOf(8, pop(frame)), ...second];
  frame.operands.push(
    vectorOf(
      8,
      indices.map((index) => both[index]!),
    ),
  );
};

function ruleOf(operator: Operator): Rule | undefined {
  const { name, immediates, gas } = operator;
  if (immediates === "memarg") return gas === "store" ? store : load(operator);
  if (immediates === "memarg-lane") return gas === "store" ? storeLane(operator) : loadLane(operator);
  if (immediates === "lanes") return shuffle;
  if (immediates !== "lane") return undefined;
  return name.endsWith("replace_lane") ? replaceLane(operator) : extractLane(operator);
}

/** Vector instructions that have immediates (spec: Execution, Instructions); the others are numeric ones. */
export const VECTOR_RULES: Rules = OPERATORS.filter(({ feature }) => feature === "simd").flatMap(
  (operator) => {
    const rule = ruleOf(operator);
    return rule === undefined ? [] : [[operator.name, rule] as const];
  },
);
