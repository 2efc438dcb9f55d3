import { extrinsicsTrieVersion } from "../../src/host/chain/runtime-version.ts";
import {
  type Block,
  blockHash,
  CODE_KEY,
  encodeBlock,
  extrinsicsRoot,
  Overlay,
  type State,
  stateTrieVersion,
  withoutSeal,
} from "../../src/host/polkadot/index.ts";
import { EngineRuntime } from "./runtime.ts";

/**
 * What `verifyBlock` does, with the engine's WebAssembly in the machine's place: the same hashes and roots, the same
 * overlay, the same diff. Returns the new state; the caller compares roots.
 * @param runtime the one in the state, if it has been compiled already.
 */
export function verifyWithEngine(
  state: State,
  block: Block,
  runtime: EngineRuntime = EngineRuntime.fromCode(state.get(CODE_KEY)!),
): { readonly newState: State; readonly hostCalls: number } {
  const { header, extrinsics } = block;
  const version = runtime.version();
  extrinsicsRoot(extrinsics, extrinsicsTrieVersion(version));
  const overlay = new Overlay(state);
  const input = encodeBlock({ header: withoutSeal(header), extrinsics });
  const { hostCalls } = runtime.call("Core_execute_block", input, overlay);
  const newState = overlay.commit(stateTrieVersion(version));
  void newState.root;
  blockHash(header);
  overlay.diff();
  return { newState, hostCalls };
}
