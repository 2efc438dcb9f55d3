// Writes the JavaScript of an instruction's arm, or of a chain's (see `chains.mjs`), from the instruction table.

/**
 * An instruction of a chain. `linked` are the operands that are the result of the member before, which this one takes
 * from a local of the loop; `isKept`: its own result is written to the frame, too.
 * @typedef {{ instruction: import("./instructions.mjs").Instruction, linked: string[], isKept: boolean }} Member
 */

/** A body's statements and what it computes. */
const textOf = ({ body, result }) => `${body} ${result?.i32 ?? ""}`;
const mayLeave = (instruction) => /break loop|view\./.test(textOf(instruction));

/** "i32", "i64" or "f64"; undefined for what cannot be linked. */
export function resultType({ result }) {
  return typeof result === "object" ? Object.keys(result)[0] : result;
}

/** The type as which a body reads an operand, if it does so in one way only. */
export function operandType(instruction, operand) {
  const text = textOf(instruction);
  const [narrow, wide, double] = [`I[$${operand}]`, `<${operand}>`, `F[$${operand} >> 1]`].map(
    (read) => text.split(read).length - 1,
  );
  const all = text.split(`$${operand}`).length - 1;
  if (narrow > 0 && narrow === all) return "i32";
  if (wide > 0 && all === 0) return "i64";
  return double > 0 && double === all ? "f64" : undefined;
}

/** Statements that write a result to `$d`; the value is in `r`, `zl` and `zh`, or `v` already if it is to be `forwarded`. */
function write(result, isForwarded) {
  if (result === "i64") return "x = $d; I[x] = zl; I[x + 1 | 0] = zh;";
  if (result === "f64")
    return "x = $d; if (v === v) F[x >> 1] = v; else { I[x] = 0; I[x + 1 | 0] = 2146959360; }";
  if ("i32" in result) return `I[$d] = ${isForwarded ? "r" : result.i32};`;
  return result.f64;
}

/** The body without its result's write, then that; linked operands are read from where the member before left them. */
function statements({ instruction, linked, isKept }, isForwarded) {
  const { result } = instruction;
  const value = isForwarded && result.i32 !== undefined ? ` r = ${result.i32};` : "";
  const end = result === undefined || !isKept ? "" : ` ${write(result, isForwarded)}`;
  let text = `${instruction.body}${value}${end}`.trim();
  for (const operand of linked) {
    text = text.replaceAll(`I[$${operand}]`, "r").replaceAll(`F[$${operand} >> 1]`, "v");
    text = text.replace(`<${operand}>`, operand === "a" ? "xl = zl; xh = zh;" : "yl = zl; yh = zh;");
  }
  return text
    .replace("<a>", "x = $a; xl = I[x]; xh = I[x + 1 | 0];")
    .replace("<b>", "y = $b; yl = I[y]; yh = I[y + 1 | 0];");
}

/** Puts the operands of `instruction`, which stands `from` words after `pc`, into its text. */
function expand(text, { name, operands }, from) {
  const word = (i) => (i === 0 ? "code[pc]" : `code[pc + ${i} | 0]`);
  const expanded = text.replace(/\$([a-z]+)/g, (_, operand) => {
    const i = operands.indexOf(operand);
    if (i < 0) throw new Error(`${name}: no operand ${operand}`);
    return "dabc".includes(operand) ? `fp + ${word(from + i + 1)} | 0` : word(from + i + 1);
  });
  // As an index it stands alone; in a shift it needs parentheses to bind as one.
  return expanded.replace(/\[fp \+ (code\[[^\]]*\]) \| 0 >> 1\]/g, "[(fp + $1 | 0) >> 1]");
}

const END = { branch: " break;", exit: "" };

/**
 * The arm of an instruction (a single member) or chain. Where a member may leave the loop, `pc` is that member's and
 * all before it has been done; or it is the chain's, and nothing has been done that cannot be done again.
 * @param {Member[]} members
 */
export function armOf(members) {
  const lines = [];
  let at = 0;
  let pc = 0;
  let isDone = false;
  members.forEach((member, k) => {
    const { instruction } = member;
    if (k > 0 && (instruction.ends || (mayLeave(instruction) && isDone))) {
      lines.push(`pc = pc + ${at - pc} | 0;`);
      pc = at;
    }
    const next = members[k + 1];
    const isForwarded = next !== undefined && next.linked.length > 0;
    // Where `pc` will be the next member's as that leaves, this one's result must be in the frame.
    const isKept =
      member.isKept ||
      (next !== undefined && mayLeave(next.instruction) && (isDone || next.instruction.ends !== undefined));
    lines.push(expand(statements({ ...member, isKept }, isForwarded), instruction, at - pc));
    isDone ||= isKept || instruction.result === undefined;
    at += instruction.operands.length + 1;
  });
  const { ends } = members.at(-1).instruction;
  return `${lines.join("\n      ")}${ends ? END[ends] : ` pc = pc + ${at - pc} | 0; continue;`}`;
}
