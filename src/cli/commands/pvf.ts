import { decodeExecutorParams } from "../../host/chain/index.ts";
import { type ParachainValidation, validateBlock } from "../../host/chain/parachain.ts";
import { bytesToHex, HexError, hexToBytes } from "../../host/hex.ts";
import { UsageError } from "../args.ts";
import { readCode } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { columns, count, shorten } from "../format.ts";
import { InputError, looksLikeJson, parseJson, readBytes, unwrapHexText } from "../input.ts";
import { printJson, printLines } from "../io.ts";

export const pvf = defineCommand({
  name: "pvf",
  summary: "validate a parachain's block by its validation function",
  positionals: [{ name: "CODE" }],
  required: "--params HEX|@FILE",
  options: {
    params: { value: "HEX", help: "ValidationParams in SCALE, or @FILE to read them from" },
    session: { value: "HEX", help: "the session's ExecutorParams, in SCALE (default none)" },
    ...EXECUTION_OPTIONS,
    json: COMMON_OPTIONS.json,
  },
  notes: `
CODE is the validation code, compressed or not, raw or as 0x hex text. The
parameters are SCALE: parent head, block data (the proof of validity), number
and storage root of the relay chain's block. A file holds them raw, as 0x hex
text, or as JSON with a member "params". Exit code 0 says that the block is
valid; a block that is not makes the function trap.

--json prints {"result":"0x…","gasUsed":N,"headData","newValidationCode",
"upwardMessages":[…],"horizontalMessages":[{"recipient","data"}],
"processedDownwardMessages","hrmpWatermark"}, byte strings in hex.
`,
  run({ positionals: [file], options }, io) {
    if (options.params === undefined) throw new UsageError("missing --params HEX or --params @FILE");
    const params = readParams(options.params);
    const executorParams = decodeExecutorParams(parseHex(options.session ?? "0x00", "--session"));
    const { blob: code } = readCode(file!);
    const validation = validateBlock({ code, params, executorParams, ...parseExecution(options) });
    if (options.json) printJson(io, validationToJson(validation));
    else printLines(io, ...summary(validation), io.colors.dim(facts(validation)));
    return EXIT.ok;
  },
});

function validationToJson(validation: ParachainValidation) {
  const code = validation.newValidationCode;
  return {
    result: bytesToHex(validation.output),
    gasUsed: Number(validation.gasUsed),
    headData: bytesToHex(validation.headData),
    newValidationCode: code === undefined ? null : bytesToHex(code),
    upwardMessages: validation.upwardMessages.map((message) => bytesToHex(message)),
    horizontalMessages: validation.horizontalMessages.map(({ recipient, data }) => {
      return { recipient, data: bytesToHex(data) };
    }),
    processedDownwardMessages: validation.processedDownwardMessages,
    hrmpWatermark: validation.hrmpWatermark,
  };
}

const WIDTH = 50;

function summary(validation: ParachainValidation): string[] {
  const code = validation.newValidationCode;
  const rows = [
    ["head data", shorten(bytesToHex(validation.headData), WIDTH)],
    ["new validation code", code === undefined ? "none" : count(code.length, "byte")],
    ["upward messages", count(validation.upwardMessages.length)],
    ["horizontal messages", count(validation.horizontalMessages.length)],
    ["processed downward", count(validation.processedDownwardMessages)],
    ["HRMP watermark", count(validation.hrmpWatermark)],
  ];
  return ["valid", ...columns(rows)];
}

function facts({ gasUsed, hostCalls, output }: ParachainValidation): string {
  return `${count(output.length, "byte")}, gas ${count(gasUsed)}, ${count(hostCalls, "host call")}`;
}

/** @throws UsageError, InputError */
function readParams(text: string): Uint8Array {
  if (!text.startsWith("@")) return parseHex(text, "--params");
  const path = text.slice(1);
  const bytes = readBytes(path);
  if (!looksLikeJson(bytes)) return inFile(path, () => unwrapHexText(bytes));
  const json = parseJson(bytes, path) as { readonly params?: unknown } | null;
  const params = json?.params;
  if (typeof params !== "string") throw new InputError(`${path} has no member "params" with hex`);
  return inFile(path, () => hexToBytes(params));
}

function inFile(path: string, read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch (error) {
    if (error instanceof HexError) throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
}

function parseHex(text: string, option: string): Uint8Array {
  try {
    return hexToBytes(text, "optional");
  } catch (error) {
    if (error instanceof HexError) throw new UsageError(`${option}: ${error.message}`);
    throw error;
  }
}
