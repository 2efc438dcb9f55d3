import { equalBytes } from "../bytes.ts";
import { bytesToHex } from "../hex.ts";
import type { CallResult } from "../runtime/call.ts";
import { RuntimeError, RuntimeTrap } from "../runtime/errors.ts";
import { Runtime } from "../runtime/runtime.ts";
import { ScaleError } from "../scale/errors.ts";
import { StateError, WitnessIncomplete } from "../state/errors.ts";
import { StateRecorder } from "../state/proof/recorder.ts";
import type { State } from "../state/state.ts";
import { encodeBlock } from "./block.ts";
import { blockCode } from "./block-code.ts";
import { blockHash, decodeHeader, extrinsicsRoot, type Header, sealOf, withoutSeal } from "./header.ts";
import { brokenRule, type CodeSubstitutes } from "./rules.ts";
import { extrinsicsTrieVersion, stateTrieVersion } from "./runtime-version.ts";
import type { BlockToVerify, BlockVerification } from "./verification.ts";
import { type VerificationCheck, VerificationError, type VerificationErrorKind } from "./verify-error.ts";

/** Records what blocks need of the state before the first of them. */
export class Recording {
  readonly recorder: StateRecorder;
  /** The state before the next block, by way of the recorder. */
  state: State;

  constructor(base: State) {
    this.recorder = new StateRecorder(base);
    this.state = this.recorder.state;
  }
}

/** One verification: remembers the checks made so far, which an error reports too. */
export class Verifier {
  readonly #block: BlockToVerify;
  readonly #checks: VerificationCheck[] = [];
  readonly #recording: Recording | undefined;
  readonly #substitutes: CodeSubstitutes;
  #header: Header | undefined;
  #gasUsed = 0n;

  /** @param recording undefined: nothing is recorded, whatever the block's options say. */
  constructor(block: BlockToVerify, recording: Recording | undefined, substitutes: CodeSubstitutes) {
    this.#block = block;
    this.#recording = recording;
    this.#substitutes = substitutes;
  }

  run(): BlockVerification {
    const { state, extrinsics, parent } = this.#block;
    const header = this.#readHeader();
    this.#header = header;
    if (parent !== undefined) this.#checkParent(header, parent);
    this.#checkRules(header);
    const { runtime, origin } = this.#runtime(header);
    const version = this.#guarded("runtime", () => runtime.version());
    const trieVersion = stateTrieVersion(version);
    this.#pass(
      "runtime",
      `${version.specName} ${version.specVersion}, state version ${trieVersion}${origin}`,
    );
    this.#equal(
      "extrinsics root",
      "extrinsics-root-mismatch",
      extrinsicsRoot(extrinsics, extrinsicsTrieVersion(version)),
      header.extrinsicsRoot,
    );
    const seal = sealOf(header);
    this.#pass(
      "seal",
      seal === undefined ? "none" : `${seal.engine}, taken off; its signature is not checked`,
    );

    const result = this.#execute(runtime, encodeBlock({ header: withoutSeal(header), extrinsics }));
    const { overlay } = result;
    this.#gasUsed = result.gasUsed;
    this.#pass("execution", `${result.gasUsed} gas, ${result.hostCalls} host calls`);
    const newState = this.#guarded("state root", () => overlay.commit(trieVersion));
    this.#equal("state root", "state-root-mismatch", newState.root, header.stateRoot);
    const diff = this.#guarded("state root", () => overlay.diff());
    const recording = this.#recording;
    if (recording !== undefined) recording.state = newState;
    return {
      ok: true,
      number: header.number,
      hash: blockHash(header),
      header,
      stateRoot: newState.root,
      expectedStateRoot: header.stateRoot,
      gasUsed: result.gasUsed,
      diff,
      logs: result.logs,
      hostCallCount: result.hostCalls,
      checks: this.#checks,
      // What is done with the new state is not to be recorded, nor to go through what recorded.
      newState: recording === undefined ? newState : state.apply(overlay.changes(), trieVersion),
      runtimeVersion: version,
      offchainIndex: result.offchainIndex,
      transactionIndex: result.transactionIndex,
      witness: recording?.recorder.witness(trieVersion),
    };
  }

  #readHeader(): Header {
    const { header } = this.#block;
    const decoded =
      header instanceof Uint8Array ? this.#guarded("header", () => decodeHeader(header)) : header;
    if (decoded.number === 0)
      throw this.#fail("header", "bad-header", "block 0 is the genesis, which nobody executes");
    this.#pass("header", `number ${decoded.number}, ${decoded.digest.length} digest items`);
    return decoded;
  }

  #checkParent(header: Header, parent: Header): void {
    if (header.number !== parent.number + 1) {
      const detail = `block ${header.number} does not follow block ${parent.number}`;
      throw this.#fail("parent", "parent-mismatch", detail);
    }
    this.#equal("parent", "parent-mismatch", blockHash(parent), header.parentHash);
    this.#equal("parent state", "parent-state-mismatch", this.#block.state.root, parent.stateRoot);
  }

  #checkRules(header: Header): void {
    const broken = brokenRule(this.#block.rules ?? {}, header);
    if (broken !== undefined) throw this.#fail("rules", broken.kind, broken.detail);
  }

  /** The runtime, and for people where its code is from, if that is not the state. */
  #runtime(header: Header): { readonly runtime: Runtime; readonly origin: string } {
    const { state, runtime, code: given, record, features, codeStore } = this.#block;
    const source = record === "with-code" ? this.#recording!.state : state;
    if (runtime !== undefined) {
      if (record === "with-code") this.#guarded("runtime", () => blockCode(source, given));
      return { runtime, origin: ", given" };
    }
    const found = this.#guarded("runtime", () => blockCode(source, given));
    switch (found.kind) {
      case "none":
        throw this.#fail("runtime", "missing-code", "the state holds no :code");
      case "unknown": {
        const reason = `the code is needed and not given: ${found.cause.message}`;
        throw this.#fail("runtime", "missing-code", reason, found.cause);
      }
      case "different":
        throw this.#fail(
          "runtime",
          "code-mismatch",
          "the code given is not the one the state has the hash of",
        );
    }
    const origin = { stored: "", proven: ", code by its hash", unproven: ", code as given" }[found.kind];
    const options = { ...(features && { features }), ...(codeStore && { codeStore }) };
    const load = (code: Uint8Array, from?: object) => Runtime.fromCode(code, options, from);
    const stored = found.kind === "stored" ? found.origin : undefined;
    const own = this.#guarded("runtime", () => load(found.code, stored));
    const substitute = this.#guarded("runtime", () => this.#substitutes.runtimeFor(header, own, load));
    if (substitute !== undefined) return { runtime: substitute, origin: ", code substituted by the rules" };
    return { runtime: own, origin };
  }

  #execute(runtime: Runtime, input: Uint8Array): CallResult {
    const { gasLimit, decorate, observer, executor, proofSize } = this.#block;
    const state = this.#recording?.state ?? this.#block.state;
    // The size counts from the execution on, so it takes a recorder of its own.
    const execution = proofSize ? { recorder: new StateRecorder(state) } : { state };
    return this.#guarded("execution", () =>
      runtime.call("Core_execute_block", input, {
        ...execution,
        context: "block",
        ...(gasLimit === undefined ? {} : { gasLimit }),
        ...(decorate === undefined ? {} : { decorate }),
        ...(observer === undefined ? {} : { observer }),
        ...(executor === undefined ? {} : { executor }),
      }),
    );
  }

  #pass(name: string, detail: string): void {
    this.#checks.push({ name, ok: true, detail });
  }

  #equal(name: string, kind: VerificationErrorKind, computed: Uint8Array, expected: Uint8Array): void {
    if (equalBytes(computed, expected)) {
      this.#pass(name, bytesToHex(computed));
      return;
    }
    throw this.#mismatch(name, kind, computed, expected);
  }

  #mismatch(
    name: string,
    kind: VerificationErrorKind,
    computed: Uint8Array,
    expected: Uint8Array,
    cause?: Error,
  ): VerificationError {
    const detail = `computed ${bytesToHex(computed)}, the header says ${bytesToHex(expected)}`;
    return this.#fail(name, kind, detail, cause, kind === "state-root-mismatch" ? computed : undefined);
  }

  #fail(
    name: string,
    kind: VerificationErrorKind,
    detail: string,
    cause?: Error,
    stateRoot?: Uint8Array,
  ): VerificationError {
    this.#checks.push({ name, ok: false, detail });
    return new VerificationError(kind, name, detail, {
      header: this.#header,
      checks: this.#checks,
      gasUsed: cause instanceof RuntimeTrap ? cause.gasUsed : this.#gasUsed,
      logs: cause instanceof RuntimeTrap ? cause.logs : [],
      stateRoot,
      cause,
    });
  }

  /** Runs one step; what it throws for the input's fault becomes the error of the check `name`. */
  #guarded<T>(name: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (error instanceof RuntimeTrap) throw this.#trapped(name, error);
      if (error instanceof RuntimeError) throw this.#fail(name, "invalid-runtime", error.message, error);
      if (error instanceof ScaleError) throw this.#fail(name, "bad-header", error.message, error);
      if (error instanceof StateError) throw this.#fail(name, "invalid-state", error.message, error);
      if (error instanceof WitnessIncomplete)
        throw this.#fail(name, "witness-incomplete", error.message, error);
      throw error;
    }
  }

  /**
   * A runtime compares the root it computed with the header's before the host can, and panics: to say only that
   * it trapped would hide what was wrong with the block.
   */
  #trapped(name: string, trap: RuntimeTrap): VerificationError {
    if (trap.kind === "out-of-gas") return this.#fail(name, "out-of-gas", trap.message, trap);
    const expected = this.#header?.stateRoot;
    if (trap.lastRoot !== undefined && expected !== undefined && !equalBytes(trap.lastRoot, expected)) {
      return this.#mismatch("state root", "state-root-mismatch", trap.lastRoot, expected, trap);
    }
    return this.#fail(name, "runtime-trap", trap.message, trap);
  }
}
