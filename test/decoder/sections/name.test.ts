import { expect } from "chai";
import { decode } from "../../../src/decoder/index.ts";
import { bytesOf, name, section, unsigned, vector } from "../assemble.ts";

function namesOf(...content: number[]) {
  return decode(bytesOf(section(0, [...name("name"), ...content]))).names;
}

const moduleName = section(0, name("mod"));
const functionNames = section(
  1,
  vector([
    [0, ...name("a")],
    [5, ...name("b")],
  ]),
);

describe("decoder: name section", () => {
  it("is read on demand, skipping subsections that are not for us", () => {
    const names = namesOf(...moduleName, ...section(9, [1, 2, 3]), ...functionNames, ...section(2, [0]));
    expect(names.module).to.equal("mod");
    expect([...names.functions]).to.deep.equal([
      [0, "a"],
      [5, "b"],
    ]);
  });

  it("may be absent, and only the first one counts", () => {
    expect(decode(bytesOf()).names).to.deep.equal({ module: undefined, functions: new Map() });
    const one = section(0, [...name("name"), ...moduleName]);
    const other = section(0, [...name("name"), ...section(0, name("other")), ...functionNames]);
    const { names } = decode(bytesOf(one, other));
    expect(names.module).to.equal("mod");
    expect(names.functions.size).to.equal(0);
  });

  it("gives what stands before an error, wherever it is cut off", () => {
    const content = [...moduleName, ...functionNames];
    const seen = new Set<string>();
    for (let length = 0; length <= content.length; length++) {
      const { module, functions } = namesOf(...content.slice(0, length));
      seen.add(`${module} ${[...functions.values()].join()}`);
    }
    expect([...seen]).to.deep.equal(["undefined ", "mod ", "mod a", "mod a,b"]);
  });

  it("drops names that are no UTF-8 and goes on; of two names for one function keeps the first", () => {
    const { functions } = namesOf(
      ...section(
        1,
        vector([
          [0, 2, 0xc0, 0x80],
          [1, ...name("one")],
          [1, ...name("uno")],
          [2, ...name("two")],
        ]),
      ),
    );
    expect([...functions]).to.deep.equal([
      [1, "one"],
      [2, "two"],
    ]);
  });

  it("does not believe sizes and counts", () => {
    const huge = unsigned(0xffff_ffff);
    expect(namesOf(1, ...huge, ...huge, 0, ...name("a")).functions.get(0)).to.equal("a");
    expect(namesOf(...section(1, [1, 0, ...huge])).functions.size).to.equal(0);
    // The subsection ends before its second entry: what follows belongs to the next one.
    expect([...namesOf(1, 4, 2, 0, ...name("a"), ...moduleName).functions]).to.deep.equal([[0, "a"]]);
  });
});
