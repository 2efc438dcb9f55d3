import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Observations, observe } from "./observations.ts";
import { namespace } from "./support.ts";

/** Where V8 does otherwise than the standard says. */
const KNOWN: readonly RegExp[] = [
  // A sequence is what can be iterated; V8 takes objects for lists of the length that they say, none for 0.
  /^(Exception|Tag parameters), value \d+$/,
  // It does not look at functions in exceptions; an undefined one for a global it takes for given.
  /^anyfunc from value (\d+ in an exception|0 as a global)$/,
  // It takes undefined for the type's default.
  /^[if]\d\d from value 0 in an exception$/,
  // A string is wanted, so undefined is "undefined"; it wants one argument more.
  /^custom sections, value 0$/,
];

describe("host/webassembly: beside the engine's own", () => {
  it("looks the same in every way that is observed", async () => {
    const child = fileURLToPath(new URL("oracle-child.js", import.meta.url));
    const engine = JSON.parse(execFileSync(process.execPath, [child], { encoding: "utf8" })) as Observations;
    const ours = await observe(namespace());
    // Newer engines have more members: what they have beside ours is not looked at.
    const names = Object.keys(ours).filter((name) => !KNOWN.some((known) => known.test(name)));
    const differences = names.filter((name) => ours[name] !== engine[name]);
    expect(differences.map((name) => `${name}: ${ours[name]}, the engine's: ${engine[name]}`)).to.deep.equal(
      [],
    );
    expect(names.length).to.be.greaterThan(1000);
  });
});
