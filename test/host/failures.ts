import { expect } from "chai";
import { VerificationError } from "../../src/host/chain/verify-error.ts";
import { RuntimeError, RuntimeTrap } from "../../src/host/runtime/index.ts";

/** What a call into a runtime fails with: the trap's code, else the error's kind; "accepted" if it does not. */
export function runtimeFailure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error, String(error)).to.be.instanceOf(RuntimeError);
    return error instanceof RuntimeTrap ? error.trap.code : (error as RuntimeError).kind;
  }
  return "accepted";
}

/** The kind of error that a block is refused with; "accepted" if it is not. */
export function verificationFailure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error, String(error)).to.be.instanceOf(VerificationError);
    expect((error as Error).message).to.match(/^block/);
    return (error as VerificationError).kind;
  }
  return "accepted";
}
