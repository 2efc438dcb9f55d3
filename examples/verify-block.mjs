// node examples/verify-block.mjs CHAINSPEC BLOCK: verifies block 1 of a chain on the genesis state of its
// specification. BLOCK is what a node answers to chain_getBlock.
import { readFileSync } from "node:fs";
import { bytesToHex } from "lockstep/host";
import {
  genesisHash,
  genesisHeader,
  readBlocks,
  readChainSpec,
  VerificationError,
  verifyBlock,
} from "lockstep/polkadot";

const [specFile, blockFile] = process.argv.slice(2);
const { name, state } = readChainSpec(JSON.parse(readFileSync(specFile, "utf8")));
const [block] = readBlocks(JSON.parse(readFileSync(blockFile, "utf8")));
console.log(`${name}, genesis ${bytesToHex(genesisHash(state))}`);

try {
  const verified = verifyBlock({
    ...block,
    state,
    parent: genesisHeader(state),
    gasLimit: 10_000_000_000n,
  });
  console.log(`block ${verified.number} is good: state root ${bytesToHex(verified.stateRoot)}`);
  console.log(`${verified.gasUsed} gas, ${verified.diff.top.length} keys changed`);
  // verified.newState is the state to verify block 2 on; it shares with `state` what did not change.
} catch (error) {
  if (!(error instanceof VerificationError)) throw error;
  console.log(`refused, ${error.kind}: ${error.message}`);
  process.exitCode = 1;
}
