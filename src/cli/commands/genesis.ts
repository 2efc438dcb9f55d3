import { genesisHash } from "../../host/chain/index.ts";
import { bytesToHex } from "../../host/hex.ts";
import { readSpec, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { columns, count } from "../format.ts";
import { printJson, printLines } from "../io.ts";

export const genesis = defineCommand({
  name: "genesis",
  summary: "compute the genesis hash of a chain from its specification",
  positionals: [{ name: "CHAINSPEC" }],
  options: { json: COMMON_OPTIONS.json },
  notes: `
CHAINSPEC is a raw chain specification (as build-spec --raw makes it).
--json prints {"name","id","genesisHash":"0x…","stateRoot":"0x…","keys":N}.
`,
  run({ positionals: [file], options }, io) {
    const chain = readSpec(file!);
    const state = stateOf(chain);
    const { name, id } = chain.spec!;
    const facts = {
      name,
      id,
      genesisHash: bytesToHex(genesisHash(state)),
      stateRoot: bytesToHex(state.root),
      keys: chain.storage.top.length,
    };
    if (options.json) {
      printJson(io, facts);
    } else {
      const rows = [
        ["chain", `${name} (${id})`],
        ["genesis hash", facts.genesisHash],
        ["state root", facts.stateRoot],
        ["keys", count(facts.keys)],
      ];
      printLines(io, ...columns(rows, ""));
    }
    return EXIT.ok;
  },
});
