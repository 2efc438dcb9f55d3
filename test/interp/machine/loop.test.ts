import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";

const ROOT = new URL("../../../../", import.meta.url);
interface Generator {
  generateLoop(isInArena: boolean): string;
  generateNumbers(): string;
}

describe("the generated loop", () => {
  it("is what the instruction table generates", async () => {
    const generator = (await import(new URL("scripts/generate-loop.mjs", ROOT).href)) as Generator;
    const committed = (file: string): string =>
      readFileSync(new URL(`src/interp/machine/${file}`, ROOT), "utf8");
    expect(committed("loop.ts")).equal(generator.generateLoop(true));
    expect(committed("loop-elsewhere.ts")).equal(generator.generateLoop(false));
    expect(committed("instructions.ts")).equal(generator.generateNumbers());
  });

  it("stays below 40 KB of bytecode, so that V8 goes on optimising it", () => {
    // V8 never optimises a function of more than 61,440 bytes of bytecode.
    const script = `
      import { loop } from ${JSON.stringify(new URL("dist/src/interp/machine/loop.js", ROOT).href)};
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
    const sizes = [...output.matchAll(/Bytecode length: (\d+)/g)].map((match) => Number(match[1]));
    expect(Math.max(...sizes), "the loop's bytecode was printed").above(10_000);
    expect(Math.max(...sizes)).below(40_000);
  });
});
