import { expect } from "chai";
import { ChainFormatError, readWitnessFile, witnessToJson } from "../../../src/host/chain/index.ts";
import type { StateVersion } from "../../../src/host/state/index.ts";

const ROOT = `0x${"ab".repeat(32)}`;
const nodes = [Uint8Array.of(1, 2), new Uint8Array(0)];

describe("witness files", () => {
  it("are lists of nodes, or objects with them, in either spelling", () => {
    const hex = ["0x0102", "0x"];
    const parentStateRoot = new Uint8Array(32).fill(0xab);
    expect(readWitnessFile(hex)).to.deep.equal({
      nodes,
      parentStateRoot: undefined,
      stateVersion: undefined,
    });
    expect(readWitnessFile({ nodes: hex }).nodes).to.deep.equal(nodes);
    expect(readWitnessFile({ at: ROOT, proof: hex }).nodes).to.deep.equal(nodes);
    const whole = { nodes, parentStateRoot, stateVersion: 1 };
    expect(readWitnessFile({ nodes: hex, parentStateRoot: ROOT, stateVersion: 1, reads: [] })).to.deep.equal(
      whole,
    );
    expect(readWitnessFile({ nodes: hex, parent_state_root: ROOT, state_version: 1 })).to.deep.equal(whole);
  });

  it("are read as they are written", () => {
    for (const stateVersion of [0, 1, undefined] as (StateVersion | undefined)[]) {
      const witness = { parentStateRoot: new Uint8Array(32).fill(7), stateVersion, nodes };
      expect(readWitnessFile(JSON.parse(JSON.stringify(witnessToJson(witness))))).to.deep.equal(witness);
    }
  });

  const wrong: [string, unknown, string][] = [
    ["type", "0x00", ""],
    ["missing", {}, "nodes"],
    ["type", { nodes: "0x00" }, "nodes"],
    ["hex", ["0x00", "0xzz"], "[1]"],
    ["type", { nodes: [7] }, "nodes[0]"],
    ["hex", { nodes: [], parentStateRoot: "0x00" }, "parentStateRoot"],
    ["unsupported", { nodes: [], stateVersion: 2 }, "stateVersion"],
  ];
  for (const [kind, json, path] of wrong) {
    it(`refuses ${JSON.stringify(json)} at "${path}"`, () => {
      expect(() => readWitnessFile(json))
        .to.throw(ChainFormatError)
        .that.includes({ kind, path });
    });
  }
});
