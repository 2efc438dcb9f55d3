import { bytesToHex } from "../../host/hex.ts";
import { type CallResult, Runtime, RuntimeCalls } from "../../host/runtime/index.ts";
import { State } from "../../host/state/index.ts";
import { UsageError } from "../args.ts";
import { readCode, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { InputError } from "../input.ts";
import { printJson, printLines } from "../io.ts";

export const metadata = defineCommand({
  name: "metadata",
  summary: "show the metadata of a Polkadot runtime",
  positionals: [{ name: "CODE" }],
  options: {
    version: { value: "N", help: "in this version, if the runtime has it (default: its own)" },
    ...EXECUTION_OPTIONS,
    json: COMMON_OPTIONS.json,
  },
  notes: `
CODE is a runtime module, compressed or not, raw or as 0x hex text; or a chain
specification or state, whose :code is asked on that state. Prints the metadata
in hex, beginning with "meta" and its version.

--json prints {"result":"0x…","version":N,"gasUsed":N}.
`,
  run({ positionals: [code], options }, io) {
    const wanted = parseVersion(options.version);
    const { features, ...settings } = parseExecution(options);
    const { blob, chain } = readCode(code!);
    const state = chain === undefined ? State.fromEntries([]) : stateOf(chain);
    const calls: CallResult[] = [];
    const runtime = Runtime.fromCode(blob, features && { features });
    const api = new RuntimeCalls(runtime, { ...settings, state }, (call) => calls.push(call));
    const result = wanted === undefined ? api.metadata() : api.metadataAtVersion(wanted);
    if (result === undefined) {
      throw new InputError(
        `the runtime has no metadata in version ${wanted}, only in ${api.metadataVersions().join(", ")}`,
      );
    }
    const gasUsed = calls.reduce((sum, call) => sum + call.gasUsed, 0n);
    const version = result[4] ?? null;
    if (options.json) {
      printJson(io, { result: bytesToHex(result), version, gasUsed: Number(gasUsed) });
    } else {
      const facts = `version ${version}, ${count(result.length, "byte")}, gas ${count(gasUsed)}`;
      printLines(io, bytesToHex(result), io.colors.dim(facts));
    }
    return EXIT.ok;
  },
});

function parseVersion(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--version takes a number, not "${text}"`);
  return Number(text);
}
