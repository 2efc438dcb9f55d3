import type { State } from "../state/state.ts";
import { CodeSubstitutes } from "./rules.ts";
import type { BlockToVerify, BlockVerification, Replay } from "./verification.ts";
import { Recording, Verifier } from "./verifier.ts";

export type { BlockToVerify, BlockVerification, Replay, VerificationOptions } from "./verification.ts";
export { type VerificationCheck, VerificationError, type VerificationErrorKind } from "./verify-error.ts";

/**
 * Verifies a block by executing it (block-verification.md section 5): header and body are checked against each
 * other, `Core_execute_block` must accept the block without its seal, and the state it leaves, whose root is
 * computed here over all changes, must have the root that the header names. Seal and consensus are not checked.
 * @throws VerificationError
 */
export function verifyBlock(block: BlockToVerify): BlockVerification {
  const recording = block.record ? new Recording(block.state) : undefined;
  return new Verifier(block, recording, new CodeSubstitutes(block.rules?.codeSubstitutes)).run();
}

/**
 * Verifies blocks one after the other, each on the state its parent left, and yields each verification; returns
 * the last state. Links between the blocks are checked.
 * @throws VerificationError at the first bad block
 */
export function* replayBlocks(replay: Replay): Generator<BlockVerification, State> {
  const { blocks, ...options } = replay;
  const recording = replay.record ? new Recording(replay.state) : undefined;
  const substitutes = new CodeSubstitutes(replay.rules?.codeSubstitutes);
  let { state, parent } = replay;
  for (const { header, extrinsics } of blocks) {
    const link = parent === undefined ? {} : { parent };
    const block = { ...options, ...link, state, header, extrinsics };
    const verification = new Verifier(block, recording, substitutes).run();
    yield verification;
    state = verification.newState;
    parent = verification.header;
  }
  return state;
}
