// node examples/witness.mjs CHAINSPEC BLOCK: verifies block 1 on the whole genesis state and records what of it was
// needed; then verifies the block again from that alone.
import { readFileSync } from "node:fs";
import { genesisHeader, readBlocks, readChainSpec, verifyBlock, witnessState } from "lockstep/polkadot";

const [specFile, blockFile] = process.argv.slice(2);
const { state } = readChainSpec(JSON.parse(readFileSync(specFile, "utf8")));
const [block] = readBlocks(JSON.parse(readFileSync(blockFile, "utf8")));
const limits = { parent: genesisHeader(state), gasLimit: 10_000_000_000n };

const first = verifyBlock({ ...block, ...limits, state, record: "with-code" });
const { nodes, parentStateRoot } = first.witness;
const size = nodes.reduce((sum, node) => sum + node.length, 0);
console.log(`whole state: ${first.gasUsed} gas; ${nodes.length} nodes and values were needed, ${size} bytes`);

const second = verifyBlock({ ...block, ...limits, state: witnessState({ nodes, parentStateRoot }) });
console.log(`witness:     ${second.gasUsed} gas, block ${second.number} is good`);
