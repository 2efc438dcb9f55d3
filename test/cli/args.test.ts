import { expect } from "chai";
import { nearest, parseArgs, UsageError } from "../../src/cli/args.ts";

const OPTIONS = {
  json: { help: "" },
  gas: { value: "N", help: "" },
  spec: { value: "FILE", help: "" },
} as const;
const FILE = [{ name: "FILE" }];
const FILE_AND_REST = [{ name: "FILE" }, { name: "ARG", many: true }];

describe("cli/args", () => {
  it("sorts options, with the value beside or attached, from arguments", () => {
    expect(parseArgs(["a.wasm", "--gas", "7", "--json"], OPTIONS, FILE)).to.deep.equal({
      options: { json: true, gas: "7", spec: undefined },
      positionals: ["a.wasm"],
    });
    expect(parseArgs(["--gas=", "--spec=a=b", "x"], OPTIONS, FILE).options).to.deep.equal({
      json: false,
      gas: "",
      spec: "a=b",
    });
  });

  it("takes negative numbers for arguments, and everything after --", () => {
    const { positionals } = parseArgs(
      ["f", "-1", "-.5", "-inf", "-nan:0x1", "--", "--json"],
      OPTIONS,
      FILE_AND_REST,
    );
    expect(positionals).to.deep.equal(["f", "-1", "-.5", "-inf", "-nan:0x1", "--json"]);
  });

  it("takes a letter for a name where there is one", () => {
    const specs = { ...OPTIONS, out: { value: "FILE", short: "o", help: "" } } as const;
    expect(parseArgs(["f", "-o", "x", "--gas", "1"], specs, FILE).options).to.include({ out: "x", gas: "1" });
    expect(parseArgs(["f", "-o=x"], specs, FILE).options.out).to.equal("x");
    for (const args of [
      ["f", "-o", "x", "--out", "y"],
      ["f", "-ox"],
      ["f", "--o", "x"],
      ["f", "-undefined", "x"],
    ]) {
      expect(() => parseArgs(args, specs, FILE)).to.throw(UsageError);
    }
  });

  const wrong: [string[], RegExp][] = [
    [["f", "--jsn"], /unknown option --jsn, did you mean --json\?/],
    [["f", "-x"], /unknown option -x$/],
    [["f", "--constructor"], /unknown option --constructor$/],
    [["f", "--json=1"], /--json takes no value/],
    [["f", "--gas"], /--gas needs a value: --gas N/],
    [["f", "--gas", "--json"], /--gas needs a value/],
    [["f", "--gas", "1", "--gas", "2"], /--gas is given twice/],
    [[], /missing argument FILE/],
    [["f", "g"], /unexpected argument "g"/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses [${args.join(" ")}]`, () => {
      expect(() => parseArgs(args, OPTIONS, FILE)).to.throw(UsageError, message);
    });
  }

  it("guesses a word only if it is near", () => {
    expect(nearest("verfy", ["verify", "run"])).to.equal("verify");
    expect(nearest("xyz", ["run", "call"])).to.equal(undefined);
    expect(nearest("x".repeat(100_000), ["run"])).to.equal(undefined);
  });
});
