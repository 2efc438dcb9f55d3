import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";

const ROOT = new URL("../../../../", import.meta.url);
/** The machine's loops, and how many bytes of bytecode each may have at most: what code begins on is to be small. */
const LOOPS = { "loop.ts": 30_000, "loop-chained.ts": 40_000, "loop-elsewhere.ts": 60_000 };
interface Generator {
  generateLoop(file: string): string;
  generateNumbers(): string;
}

describe("the generated loop", () => {
  it("is what the instruction table generates", async () => {
    const generator = (await import(new URL("scripts/generate-loop.mjs", ROOT).href)) as Generator;
    const committed = (file: string): string =>
      readFileSync(new URL(`src/interp/machine/${file}`, ROOT), "utf8");
    for (const file of Object.keys(LOOPS)) expect(committed(file), file).equal(generator.generateLoop(file));
    expect(committed("instructions.ts")).equal(generator.generateNumbers());
  });

  for (const [file, limit] of Object.entries(LOOPS)) {
    it(`stays small in bytecode, so that V8 goes on optimising it: ${file}`, () => {
      // V8 never optimises a function of more than 61,440 bytes of bytecode.
      const size = bytecodeSize(file.replace(".ts", ".js"));
      expect(size, "the loop's bytecode was printed").above(10_000);
      expect(size).below(limit);
    });
  }
});

function bytecodeSize(file: string): number {
  const script = `
      import { loop } from ${JSON.stringify(new URL(`dist/src/interp/machine/${file}`, ROOT).href)};
      try { loop({}); } catch {}`;
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  const output = execFileSync(
    process.execPath,
    [
      "--print-bytecode",
      "--print-bytecode-filter=loop",
      "--input-type=module",
      "-e",
      `await import(${JSON.stringify(url)})`,
    ],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  return Math.max(...[...output.matchAll(/Bytecode length: (\d+)/g)].map((match) => Number(match[1])));
}
