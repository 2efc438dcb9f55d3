import { type BlockVerification, VerificationError } from "../../host/chain/verify.ts";
import { bytesToHex } from "../../host/hex.ts";
import type { State } from "../../host/state/index.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, GAS_PER_BLOCK, parseExecution } from "../execution-options.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { failureOf } from "../failure.ts";
import { count, duration, shorten } from "../format.ts";
import { type Io, printJson, printLines, showProgress } from "../io.ts";
import {
  blockToJson,
  changeCount,
  checkLines,
  diffLines,
  factLine,
  type JsonBlock,
} from "../verification-report.ts";
import { type WitnessInput, witnessLine, witnessToJson } from "../witness-input.ts";
import { type BlockReplay, prepareReplay, REPLAY_OPTIONS } from "../workload/block-replay.ts";

export const verify = defineCommand({
  name: "verify",
  summary: "verify blocks by executing them on the state before them",
  positionals: [],
  required: "--block FILE (--spec|--state|--witness FILE)",
  options: {
    ...REPLAY_OPTIONS,
    ...EXECUTION_OPTIONS,
    gas: GAS_PER_BLOCK,
    diff: { help: "show what each block changed in storage" },
    json: COMMON_OPTIONS.json,
  },
  notes: `
A block is the answer to JSON-RPC chain_getBlock, its result, or
{"header":"0x…","extrinsics":["0x…",…]} with the SCALE header, seal included.
Either --spec or --state gives the state before the first block, or --witness
the part of it that is needed. Each block is executed on the state that the one
before left. Seals and consensus are not checked.

With --parent, the header of the block before in SCALE, the first block must
link to it, and the state must be its state. A file may have it raw, as hex, or
as JSON-RPC answers it, also in its block.

A witness is a JSON list of trie nodes in hex, or {"nodes":[…]}. The root that
it is checked against comes from --parent-root, from --parent, from
"parentStateRoot" in the file, or from --spec or --state. The code comes from
the witness, else from --code (a module, chain specification or state), whose
hash is checked where the witness tells it. What a witness does not tell is an
error, never taken for absence.

--json prints {"ok":true,"blocks":[{"number","hash","stateRoot",
"expectedStateRoot","gasUsed","diff"}]}. "diff", always there, has the net
changes of the main trie, {"0xkey":"0xvalue" or null where removed}, without the
roots of child tries; "children" beside it, only where child tries changed, has
{"0xname":{"0xkey":…}}. At the first bad block it prints {"ok":false,"blocks":
[the good ones before],"error":{"kind","message","check","number",…}}. For a
witness "witness":{"parentStateRoot","nodes","bytes","unused"} stands beside.
`,
  run({ options }, io) {
    const replay = prepareReplay(options, parseExecution(options));
    const report = new Report(replay, options, io);
    try {
      for (const block of replay.verify()) report.good(block);
      return report.end();
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      return report.bad(error);
    }
  },
});

/** Prints as blocks come, or collects them for one JSON object. */
class Report {
  readonly #total: number;
  readonly #options: { readonly json: boolean; readonly diff: boolean };
  readonly #witness: WitnessInput | undefined;
  readonly #io: Io;
  readonly #blocks: JsonBlock[] = [];
  #before: State;
  #since: number;

  constructor(
    { blocks, state, witness }: BlockReplay,
    options: { readonly json: boolean; readonly diff: boolean },
    io: Io,
  ) {
    this.#total = blocks.length;
    this.#options = options;
    this.#witness = witness;
    this.#io = io;
    this.#before = state;
    this.#since = io.now();
  }

  good(block: BlockVerification): void {
    const io = this.#io;
    showProgress(io, "");
    if (this.#options.json) this.#blocks.push(blockToJson(block));
    else this.#print(block, duration(io.now() - this.#since));
    showProgress(io, `block ${block.number} verified`);
    this.#before = block.newState;
    this.#since = io.now();
  }

  /** One block is shown with its checks; of many each takes a line. */
  #print(block: BlockVerification, time: string): void {
    const io = this.#io;
    const { colors } = io;
    const facts = `${count(block.gasUsed)} gas  ${count(changeCount(block.diff), "change")}  ${time}`;
    const hash = bytesToHex(block.hash);
    if (this.#total === 1) {
      const lines = [...checkLines(block.checks, colors), factLine(true, "block hash", hash, colors)];
      printLines(io, ...lines, "", `${colors.green("verified")}  ${facts}`);
    } else {
      printLines(io, `${colors.green("✓")} block ${block.number}  ${shorten(hash, 15)}  ${facts}`);
    }
    if (this.#options.diff) printLines(io, ...diffLines(block.diff, this.#before, colors));
  }

  end(): ExitCode {
    const io = this.#io;
    const witness = this.#witness;
    showProgress(io, "");
    if (this.#options.json) {
      printJson(io, { ok: true, blocks: this.#blocks, ...(witness && { witness: witnessToJson(witness) }) });
    } else if (witness !== undefined) printLines(io, witnessLine(witness));
    return EXIT.ok;
  }

  bad(error: VerificationError): ExitCode {
    const io = this.#io;
    const { colors } = io;
    const { exitCode, kind, message, details, lines = [] } = failureOf(error);
    showProgress(io, "");
    if (this.#options.json) {
      printJson(io, { ok: false, blocks: this.#blocks, error: { kind, message, ...details } });
    } else {
      printLines(io, ...checkLines(error.checks, colors));
    }
    io.stderr.write(`${[`${colors.red("error:")} ${kind}: ${message}`, ...lines].join("\n")}\n`);
    return exitCode;
  }
}
