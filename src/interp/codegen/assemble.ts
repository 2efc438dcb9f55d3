import { F64, type FuncType, type ValType } from "../../decoder/module.ts";
import { REACH } from "./exits.ts";
import { isFloat, isWide } from "./operand.ts";
import { bigOfLanes, slotBig } from "./slots.ts";
import { float, high, low, numberOfLanes, RESET, type Writer } from "./writer.ts";

/** Where in the scratch words a result is returned. */
export const RESULT = 6;

/** Stands for taking the memory's view again after a call; nothing where memory is not used. */
export const RELOAD = "/*reload*/";

/** Stands for the function that is called where it calls itself. */
export const SELF = "/*self*/";

/** Names of the places where a block's results are put, by stack height. */
export const resultLow = (height: number): string => `m${height}`;
export const resultHigh = (height: number): string => `n${height}`;

/**
 * How a function is written: as it is called, or to go on in a loop, its locals in the frame, that the usual form or
 * the machine has left for gas.
 */
export type Form = "usual" | "resumed";

/** What a function is put together from. */
export interface FunctionParts {
  readonly index: number;
  readonly type: FuncType;
  /** The statements, and the locals and temporaries that they use. */
  readonly w: Writer;
  /** Lanes of the machine's frame. */
  readonly lanes: number;
  /** Gas of the first block, and of all. */
  readonly cost: number;
  readonly reach: number;
  /** What the function adds to the logical stack height; 0 if that is not counted. */
  readonly height: number;
  /** Stack heights at which blocks have results. */
  readonly results: ReadonlySet<number>;
  readonly hasLoops: boolean;
  /** The blocks that begin the loops that are left for gas, by their numbers from 1. */
  readonly refills: ReadonlyMap<number, number>;
}

/**
 * The function's declaration, in the usual form.
 *
 * @param name of the function, and `self` of what it calls where it calls itself
 */
export function assemble(parts: FunctionParts, name: string, self: string): string {
  const { w, index, type, refills } = parts;
  const params: string[] = [];
  const variables: string[] = [];
  const slots: string[] = [];
  w.localTypes.forEach((local, i) => {
    const slot = w.slots?.[i];
    const isParam = i < type.params.length;
    if (isParam) params.push(...lanesOf(local, i));
    else if (slot === undefined && (!isFloat(local) || w.forms[i] === "number-with-lanes"))
      variables.push(...lanesOf(local, i).map((name) => `${name} = 0`));
    if (slot !== undefined) slots.push(`${slotBig(slot)} = ${isParam ? bigOfLanes(low(i), high(i)) : "0n"};`);
    if (isFloat(local))
      variables.push(`${float(i)} = ${isParam ? numberOfLanes(local, low(i), high(i)) : "0"}`);
  });
  // So that V8 keeps them as int32 where loops change them.
  const integers = params.map((name) => `${name} = ${name} | 0;`);
  const isLeft = refills.size > 0;
  if (isLeft) variables.push("e = 0");
  return [
    `function ${name}(${["s", "g", "x", ...params].join(", ")}) {`,
    ...(parts.hasLoops ? integers : []),
    `let ${[...variables, ...scratchOf(parts)].join(", ")};`,
    ...slots,
    "X: {",
    ...entryOf(parts),
    bodyOf(parts, self),
    "}",
    ...writesOf(parts),
    isLeft ? `return e === 0 ? -1 : r${index}(s, g, x, e);` : "return -1;",
    "}",
  ].join("\n");
}

/** The declaration in the form that goes on in loop `e`. */
export function assembleResumed(parts: FunctionParts): string {
  const { w, index, reach, refills } = parts;
  const slots: string[] = [];
  const variables = w.localTypes.flatMap((local, i): string[] => {
    if (w.slots?.[i] !== undefined) {
      slots.push(`${w.low(i)} = I[(x >> 8) + ${2 * i} | 0]; ${w.high(i)} = I[(x >> 8) + ${2 * i + 1} | 0];`);
      return [];
    }
    const lanes = lanesOf(local, i).map((name, lane) => `${name} = I[(x >> 8) + ${2 * i + lane} | 0]`);
    if (!isFloat(local)) return lanes;
    const at = `(x >> 8) + ${2 * i}`;
    const value = local === F64 ? `s.f64[(${at}) >> 1]` : `s.f32[${at} | 0]`;
    return [...(w.forms[i] === "number" ? [] : lanes), `${float(i)} = ${value}`];
  });
  const block = [...refills].reduceRight(
    (rest, [number, block]) => (rest === "" ? `${block}` : `e === ${number} ? ${block} : ${rest}`),
    "",
  );
  return [
    `function r${index}(s, g, x, e) {`,
    `let I = s.i32, ${[...variables, ...scratchOf(parts)].join(", ")};`,
    ...slots,
    "for (;;) {",
    ...(w.usesMemory ? ["q = 0;"] : []),
    `if ((g = h.refill(s, g, ${reach}, ${index}, ${block}, x) | 0) < 0) break;`,
    "X: {",
    bodyOf(parts, `f${index}`),
    "}",
    "if (e === 0) break;",
    "}",
    ...writesOf(parts),
    "return -1;",
    "}",
  ].join("\n");
}

const lanesOf = (type: ValType, local: number): string[] =>
  isWide(type) ? [low(local), high(local)] : [low(local)];

function scratchOf({ w, results }: FunctionParts): string[] {
  const variables: string[] = [];
  for (let i = 0; i < w.temporaryCount; i++) variables.push(`t${i} = 0`);
  for (const height of results) variables.push(`${resultLow(height)} = 0`, `${resultHigh(height)} = 0`);
  if (w.usesMemory) variables.push("M = s.view", "q = 0", "p = 0");
  if (w.usesGlobals) variables.push("Q = s.globals");
  return [...variables, "z = 0"];
}

/** What is looked at when the function is called. */
function entryOf({ index, cost, reach, height }: FunctionParts): string[] {
  const statements = [
    `if ((g - ${reach} | (x & 255) - 1) < 0 && (g = h.enter(s, g, ${reach}, ${index}, x)) < 0) break X;`,
    `g = g - ${cost} | 0;`,
  ];
  if (height > 0) {
    statements.push(
      `if ((s.height = s.height + ${height}) > s.heightLimit) { s.height = s.height - ${height}; h.leave(s, g, ${index}, 1, x); break X; }`,
    );
  }
  return statements;
}

function bodyOf({ w, index, reach }: FunctionParts, self: string): string {
  const body = w.lines
    .join("\n")
    .replaceAll(REACH, `${reach}`)
    .replaceAll(SELF, self)
    .replaceAll(RELOAD, w.usesMemory ? "M = s.view;" : "")
    .replaceAll(RESET, w.usesMemory ? "q = 0;" : "");
  return w.usesMemory ? `try {\n${body}\n} catch (error) { h.fault(s, error, g, ${index}, q, x); }` : body;
}

/** What follows the body: falling out of that, the function leaves. */
function writesOf({ w, lanes }: FunctionParts): string[] {
  const writes = w.localTypes.map((local, i) => {
    const lane = 2 * i;
    if (isFloat(local)) {
      const bits = w.forms[i] === "number" ? "" : `, ${low(i)}, ${local === F64 ? high(i) : "0"}`;
      return `h.${local === F64 ? "saveF64" : "saveF32"}(s, x, ${lane}, ${float(i)}${bits});`;
    }
    const hi = isWide(local) ? ` J[fp + ${lane + 1} | 0] = ${w.high(i)};` : "";
    return `J[fp + ${lane} | 0] = ${w.low(i)};${hi}`;
  });
  return [`const J = h.room(s, x, ${lanes}), fp = x >> 8;`, ...writes];
}

/** What reads the arguments from the machine's frame, calls and puts the result there. */
export function adapterOf({ index, type }: Pick<FunctionParts, "index" | "type">): string {
  const reads: string[] = [];
  type.params.forEach((param, i) => {
    reads.push(`I[fp + ${2 * i} | 0]`);
    if (isWide(param)) reads.push(`I[fp + ${2 * i + 1} | 0]`);
  });
  const call = `f${index}(${["s", "s.gas", STANDING, ...reads].join(", ")})`;
  return `function e${index}(s) { const I = s.i32, fp = s.fp, g = ${call}; ${returned(type)} }`;
}

/** The same for going on in loop `e`. */
export function resumerOf({ index, type }: Pick<FunctionParts, "index" | "type">): string {
  const call = `r${index}(s, s.gas, ${STANDING}, e)`;
  return `function o${index}(s, e) { const fp = s.fp, g = ${call}; ${returned(type)} }`;
}

const STANDING = "fp * 256 + (s.generatedLimit + 1 - s.sp) | 0";

function returned({ results: [result] }: FuncType): string {
  const high = result !== undefined && isWide(result) ? ` J[fp + 1 | 0] = W[${RESULT + 1}];` : "";
  const write = result === undefined ? "" : ` const J = s.i32; J[fp] = W[${RESULT}];${high}`;
  return `if (g >= 0) { s.gas = g;${write} }`;
}
