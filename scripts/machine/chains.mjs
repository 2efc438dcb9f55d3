// Chains: instructions that often follow each other, as one arm of the loop. The first one's opcode becomes the
// chain's, the others stay as they are behind it, so that nothing that knows of addresses has to know of chains.
// Which there are stands in `chain-list.mjs`; how they were chosen, and when they are used, in RATIONALE.md.
//
// Between two members stands how the second takes the result of the first, with the operands that do:
//   `,`  not at all, or from the frame
//   `=`  from a local of the loop; it is written to the frame as well
//   `>`  the same, but it is not written: it is a temporary, which nothing else reads
import { operandType, resultType } from "./body.mjs";
import { LIST } from "./chain-list.mjs";
import { INSTRUCTIONS } from "./instructions.mjs";

const byName = new Map(INSTRUCTIONS.map((instruction) => [instruction.name, instruction]));

/** @typedef {{ title: string, members: import("./body.mjs").Member[] }} Chain */

/** @returns {Chain} */
export function parseChain(title) {
  const parts = title.split(" ");
  const members = [];
  for (let i = 0; i < parts.length; i += 2) {
    const [name, ...linked] = parts[i].split(".");
    const instruction = byName.get(name);
    if (instruction === undefined) throw new Error(`${title}: no instruction ${name}`);
    const before = members.at(-1);
    const join = parts[i - 1];
    if (before !== undefined) {
      before.isKept = join !== ">";
      const type = resultType(before.instruction);
      if (linked.some((operand) => type === undefined || operandType(instruction, operand) !== type))
        throw new Error(`${title}: ${name} does not take ${linked} from ${before.instruction.name}`);
      if ((join === ",") !== (linked.length === 0)) throw new Error(`${title}: ${join}`);
      // Of a double that is written with its bits, the local has not got them.
      if (join === "=" && before.instruction.name === "load_f64") throw new Error(title);
    }
    members.push({ instruction, linked, isKept: true });
  }
  return { title, members };
}

/** @type {Chain[]} */
export const CHAINS = LIST.map(parseChain);
