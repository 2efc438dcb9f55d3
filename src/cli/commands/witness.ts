import { writeFileSync } from "node:fs";
import { genesisHeader, witnessToJson } from "../../host/chain/index.ts";
import { replayBlocks } from "../../host/chain/verify.ts";
import { bytesToHex } from "../../host/hex.ts";
import type { Witness } from "../../host/state/index.ts";
import { UsageError } from "../args.ts";
import { readBlockFile, readChainInput, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, GAS_PER_BLOCK, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { InputError } from "../input.ts";
import { printJson, printLines, showProgress } from "../io.ts";

export const witness = defineCommand({
  name: "witness",
  summary: "record the part of the state that verifying blocks needs",
  positionals: [],
  required: "--block FILE (--spec|--state FILE) --out FILE",
  options: {
    block: { value: "FILE", help: "one block or a list of consecutive ones, as JSON" },
    spec: COMMON_OPTIONS.spec,
    state: COMMON_OPTIONS.state,
    out: { value: "FILE", short: "o", help: "where to write the witness" },
    "with-code": { help: "put in the runtime's code too: larger, and enough by itself" },
    ...EXECUTION_OPTIONS,
    gas: GAS_PER_BLOCK,
    json: COMMON_OPTIONS.json,
  },
  notes: `
Verifies the blocks as verify does and writes the trie nodes and values that
this took: {"parentStateRoot":"0x…","stateVersion":0,"nodes":["0x…",…]}, of the
state before the first block, for all blocks. Nothing in it can be left out, and
verify --witness needs no more, but for the code unless --with-code put it in.

--json prints {"ok":true,"file","parentStateRoot","stateVersion","blocks":N,
"nodes":N,"bytes":N,"withCode":false}.
`,
  run({ options }, io) {
    const { block, out, json } = options;
    if (block === undefined) throw new UsageError("missing --block FILE");
    if (out === undefined) throw new UsageError("missing --out FILE");
    const settings = parseExecution(options);
    const chain = readChainInput(options);
    if (chain === undefined) throw new UsageError("missing --spec FILE or --state FILE");
    const blocks = readBlockFile(block);
    const [first] = blocks;
    if (first === undefined) throw new InputError(`${block} has no blocks`);
    const state = stateOf(chain);
    const isFirst = chain.spec !== undefined || first.header.number === 1;
    const withCode = options["with-code"];
    const replay = replayBlocks({
      ...settings,
      state,
      blocks,
      record: withCode ? "with-code" : true,
      ...(isFirst && { parent: genesisHeader(state) }),
    });
    let recorded: Witness | undefined;
    for (const { number, witness: soFar } of replay) {
      recorded = soFar;
      showProgress(io, `block ${number} verified`);
    }
    showProgress(io, "");
    const file = witnessToJson(recorded!);
    writeFileSync(out, `${JSON.stringify(file)}\n`);
    const nodes = recorded!.nodes.length;
    const bytes = recorded!.nodes.reduce((sum, node) => sum + node.length, 0);
    if (json) {
      const { parentStateRoot, stateVersion } = file;
      printJson(io, {
        ok: true,
        file: out,
        parentStateRoot,
        stateVersion,
        blocks: blocks.length,
        nodes,
        bytes,
        withCode,
      });
    } else {
      const size = `${count(nodes, "node")}, ${count(bytes, "byte")}`;
      const of = count(blocks.length, "block");
      printLines(io, `${io.colors.green("recorded")}  ${size} for ${of} on ${bytesToHex(state.root)}`);
    }
    return EXIT.ok;
  },
});
