/**
 * The process that the suite starts for cold runs: does one work once on both sides, in the order that the second
 * argument begins, and prints what each took as JSON.
 */
import { Smoldot } from "./smoldot.ts";
import { allWork } from "./work.ts";

async function main([name, first]: string[]): Promise<{ lockstep: number; smoldot: number }> {
  const work = (await allWork((await Smoldot.load())!)).find((item) => item.name === name)!;
  const times = { lockstep: 0, smoldot: 0 };
  const order =
    first === "lockstep" ? (["lockstep", "smoldot"] as const) : (["smoldot", "lockstep"] as const);
  for (const side of order) {
    const start = performance.now();
    const result = await work[side]();
    times[side] = performance.now() - start;
    if (result !== work.expected) throw new Error(`${name}: ${side} gave ${result}, not ${work.expected}`);
  }
  return times;
}

console.log(JSON.stringify(await main(process.argv.slice(2))));
