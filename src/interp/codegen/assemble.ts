import { F64, type FuncType } from "../../decoder/module.ts";
import { REACH } from "./exits.ts";
import { isFloat, isWide } from "./operand.ts";
import { float, high, low, numberOfLanes, RESET, type Writer } from "./writer.ts";

/** Where in the scratch words a result is returned. */
export const RESULT = 6;

/** Stands for taking the memory's view again after a call; nothing where memory is not used. */
export const RELOAD = "/*reload*/";

/** Names of the places where a block's results are put, by stack height. */
export const resultLow = (height: number): string => `m${height}`;
export const resultHigh = (height: number): string => `n${height}`;

/** Where a loop that refills from outside of it begins, and the statements that save what is on the stack there. */
export interface Refill {
  readonly number: number;
  readonly block: number;
  readonly saves: string;
}

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
  readonly refills: readonly Refill[];
}

/** The function's declaration. */
export function assemble(parts: FunctionParts): string {
  const { w, index, type } = parts;
  const { localTypes, forms } = w;
  const params: string[] = [];
  const variables: string[] = [];
  const starts: string[] = [];
  localTypes.forEach((local, i) => {
    const lanes = isWide(local) ? [low(i), high(i)] : [low(i)];
    if (i < type.params.length) params.push(...lanes);
    else if (!isFloat(local) || forms[i] === "number-with-lanes")
      variables.push(...lanes.map((name) => `${name} = 0`));
    if (!isFloat(local)) return;
    if (i >= type.params.length) variables.push(`${float(i)} = 0`);
    else {
      variables.push(`${float(i)} = ${numberOfLanes(local, low(i), high(i))}`);
    }
  });
  for (let i = 0; i < w.temporaryCount; i++) variables.push(`t${i} = 0`);
  for (const height of parts.results) variables.push(`${resultLow(height)} = 0`, `${resultHigh(height)} = 0`);
  if (w.usesMemory) variables.push("M = s.view", "q = 0", "p = 0");
  if (w.usesGlobals) variables.push("Q = s.globals");
  variables.push("z = 0");
  starts.push(
    `if ((g - ${parts.reach} | (x & 255) - 1) < 0 && (g = h.enter(s, g, ${parts.reach}, ${index}, x)) < 0) break X;`,
    `g = g - ${parts.cost} | 0;`,
  );
  if (parts.height > 0) {
    starts.push(
      `if ((s.height = s.height + ${parts.height}) > s.heightLimit) { s.height = s.height - ${parts.height}; h.leave(s, g, ${index}, 1, x); break X; }`,
    );
  }
  const body = w.lines
    .join("\n")
    .replaceAll(REACH, `${parts.reach}`)
    .replaceAll(RELOAD, w.usesMemory ? "M = s.view;" : "")
    .replaceAll(RESET, w.usesMemory ? "q = 0;" : "");
  const guarded = w.usesMemory ? `try {\n${body}\n} catch (e) { h.fault(s, e, g, ${index}, q, x); }` : body;
  const writes = localTypes.map((local, i) => {
    const lane = 2 * i;
    if (isFloat(local)) {
      const bits = forms[i] === "number" ? "" : `, ${low(i)}, ${local === F64 ? high(i) : "0"}`;
      return `h.${local === F64 ? "saveF64" : "saveF32"}(s, x, ${lane}, ${float(i)}${bits});`;
    }
    const hi = isWide(local) ? ` I[fp + ${lane + 1} | 0] = ${high(i)};` : "";
    return `I[fp + ${lane} | 0] = ${low(i)};${hi}`;
  });
  const name = `f${index}`;
  const args = ["s", "g", "x", ...params].join(", ");
  // Also where all its loops turn out not to be reached.
  if (parts.hasLoops) variables.push("e = 0");
  return [
    `function ${name}(${args}) {`,
    `let ${variables.join(", ")};`,
    ...frameOf(parts, starts, guarded),
    `const I = h.room(s, x, ${parts.lanes}), fp = x >> 8;`,
    ...writes,
    "return -1;",
    "}",
  ].join("\n");
}

/** The body, and what follows it: falling out of that, the function leaves. */
function frameOf(parts: FunctionParts, starts: readonly string[], body: string): string[] {
  const { refills, reach, index, w } = parts;
  if (refills.length === 0) return ["X: {", ...starts, body, "}"];
  const block = refills.reduceRight(
    (rest, { number, block }) => (rest === "" ? `${block}` : `e === ${number} ? ${block} : ${rest}`),
    "",
  );
  return [
    "R: for (;;) {",
    "X: {",
    "if (e === 0) {",
    ...starts,
    "}",
    body,
    "}",
    "if (e === 0) break;",
    ...(w.usesMemory ? ["q = 0;"] : []),
    `if ((g = h.refill(s, g, ${reach}, ${index}, ${block}, x)) >= 0) continue R;`,
    ...refills
      .filter(({ saves }) => saves !== "")
      .map(({ number, saves }) => `if (e === ${number}) { ${saves}}`),
    "break;",
    "}",
  ];
}

/** What reads the arguments from the machine's frame, calls and puts the result there. */
export function adapterOf({ index, type }: Pick<FunctionParts, "index" | "type">): string {
  const reads: string[] = [];
  type.params.forEach((param, i) => {
    reads.push(`I[fp + ${2 * i} | 0]`);
    if (isWide(param)) reads.push(`I[fp + ${2 * i + 1} | 0]`);
  });
  const call = `f${index}(${["s", "s.gas", "fp * 256 + (s.generatedLimit + 1 - s.sp) | 0", ...reads].join(", ")})`;
  const result = type.results[0];
  const high = result !== undefined && isWide(result) ? ` J[fp + 1 | 0] = W[${RESULT + 1}];` : "";
  const write = result === undefined ? "" : ` const J = s.i32; J[fp] = W[${RESULT}];${high}`;
  return `function e${index}(s) { const I = s.i32, fp = s.fp, g = ${call}; if (g >= 0) { s.gas = g;${write} } }`;
}
