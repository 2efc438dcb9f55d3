import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const DIST = fileURLToPath(new URL("../../../src/", import.meta.url));

/** Strings and comments may speak of it. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, "");
}

describe("the name WebAssembly", () => {
  it("stands in no code but the polyfill's", () => {
    const naming = readdirSync(DIST, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".js"))
      .filter((path) => /\bWebAssembly\b/.test(codeOf(readFileSync(`${DIST}${path}`, "utf8"))));
    expect(naming).not.to.be.empty;
    for (const path of naming) expect(path).to.match(/^host[/\\]webassembly[/\\]/);
  });
});
