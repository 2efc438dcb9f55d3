import { load, type Module, resolveFeatures } from "../../decoder/index.ts";
import { bytesToHex } from "../../host/hex.ts";
import { Runtime, RuntimeError, unpackCode } from "../../host/runtime/index.ts";
import { blake2b256 } from "../../host/state/index.ts";
import { readCode } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { columns, count, size } from "../format.ts";
import { type HostFunctionUse, hostFunctionUse } from "../host-function-use.ts";
import { parseFeatures } from "../input.ts";
import { type Io, printJson, printLines } from "../io.ts";
import { externalType, type SectionSummary, sectionsOf, typeText } from "../module-summary.ts";
import { printable } from "../printable.ts";
import { signature } from "../values.ts";
import { type JsonVersion, versionToJson } from "./version.ts";

interface JsonExtern {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
}

/** A module may say that it is a runtime and have no version that can be read. */
interface JsonVersionError {
  readonly error: { readonly kind: string; readonly message: string };
  readonly apis?: undefined;
}

/** Everything `inspect` tells, in the shape `--json` prints. */
interface Summary {
  readonly size: number;
  /** Bytes of the compressed blob; null if it is not compressed. */
  readonly compressedSize: number | null;
  /** BLAKE2b-256 of the file as it is, by which chains name code. */
  readonly codeHash: string;
  readonly sections: readonly SectionSummary[];
  readonly types: readonly string[];
  readonly imports: readonly (JsonExtern & { readonly module: string })[];
  readonly exports: readonly JsonExtern[];
  readonly functions: { readonly imported: number; readonly defined: number };
  readonly tables: readonly string[];
  readonly memories: readonly string[];
  readonly globals: number;
  readonly elementSegments: number;
  readonly dataSegments: number;
  readonly start: number | null;
  /** Of a Polkadot runtime, else null. */
  readonly runtimeVersion: JsonVersion | JsonVersionError | null;
  /** Functions of the Polkadot host API that the module imports; null if it imports none. */
  readonly hostFunctions: HostFunctionUse | null;
}

export const inspect = defineCommand({
  name: "inspect",
  summary: "show what a Wasm module or Polkadot runtime consists of",
  positionals: [{ name: "FILE" }],
  options: { features: COMMON_OPTIONS.features, json: COMMON_OPTIONS.json },
  notes: `
FILE is a module, a runtime blob (compressed or not, raw or as 0x hex text), or
a chain specification, whose code is shown. The runtime's version comes from its
custom sections, or where it has none from calling Core_version. Of the host
functions that it imports those are listed that this host does not have.
`,
  run({ positionals: [file], options }, io) {
    const features = parseFeatures(options.features) ?? "polkadot";
    const { blob } = readCode(file!);
    const bytes = isWasm(blob) ? blob : unpackCode(blob);
    const module = load(bytes, { features });
    const summary = summarise(module, blob, bytes);
    if (options.json) printJson(io, summary);
    else printSummary(summary, io);
    return EXIT.ok;
  },
});

/** Anything that begins like Wasm is read as such, so that errors are the decoder's, with their offsets. */
function isWasm(blob: Uint8Array): boolean {
  return blob[0] === 0 && blob[1] === 0x61;
}

function summarise(module: Module, blob: Uint8Array, bytes: Uint8Array): Summary {
  return {
    size: bytes.length,
    compressedSize: blob === bytes ? null : blob.length,
    codeHash: bytesToHex(blake2b256(blob)),
    sections: sectionsOf(module),
    types: module.types.map(({ params, results }) => signature(params, results)),
    imports: module.imports.map(({ module: from, name, desc }) => {
      return { module: from, name, kind: desc.kind, type: typeText(module, desc) };
    }),
    exports: module.exports.map(({ name, kind, index }) => {
      return { name, kind, type: typeText(module, externalType(module, kind, index)) };
    }),
    functions: { imported: module.importedFunctionCount, defined: module.bodies.length },
    tables: module.tables.map((type) => typeText(module, { kind: "table", type })),
    memories: module.memories.map((type) => typeText(module, { kind: "memory", type })),
    globals: module.globals.length,
    elementSegments: module.elements.length,
    dataSegments: module.data.length,
    start: module.start ?? null,
    runtimeVersion: runtimeVersion(module, blob),
    hostFunctions: hostFunctionUse(module) ?? null,
  };
}

function runtimeVersion(module: Module, blob: Uint8Array): JsonVersion | JsonVersionError | null {
  const needed = resolveFeatures("polkadot");
  const isRuntime = module.exports.some(({ name, kind }) => kind === "func" && name === "Core_version");
  if (!isRuntime || [...module.features].some((feature) => !needed.has(feature))) return null;
  try {
    return versionToJson(Runtime.fromCode(blob).version());
  } catch (error) {
    // A module may export the name and yet be no runtime; all else about it is still worth showing.
    if (error instanceof RuntimeError) return { error: { kind: error.kind, message: error.message } };
    throw error;
  }
}

function printSummary(summary: Summary, io: Io): void {
  const heading = (text: string) => printLines(io, "", io.colors.bold(text));
  const compressed = summary.compressedSize === null ? "" : `, compressed to ${size(summary.compressedSize)}`;
  const { imported, defined } = summary.functions;
  printLines(
    io,
    ...columns(
      [
        ["size", `${size(summary.size)}${compressed}`],
        ["code hash", summary.codeHash],
        ["functions", `${count(defined)} defined, ${count(imported)} imported`],
        ["memory", summary.memories.join("; ") || "none"],
        ["table", summary.tables.join("; ") || "none"],
        ["globals", count(summary.globals)],
        ["segments", `${count(summary.dataSegments)} data, ${count(summary.elementSegments)} element`],
        ["start", summary.start === null ? "none" : `function ${summary.start}`],
      ],
      "",
    ),
  );
  if (summary.runtimeVersion !== null) {
    const { apis, ...fields } = summary.runtimeVersion;
    heading("Runtime version");
    printLines(io, ...columns(Object.entries(fields).map(([name, value]) => [name, versionField(value)])));
    if (apis !== undefined) {
      heading(`Runtime APIs (${apis.length})`);
      printLines(io, ...columns(apis.map(({ id, name, version }) => [name ?? id, String(version)])));
    }
  }
  if (summary.hostFunctions !== null) {
    const { offered, refused, unknown } = summary.hostFunctions;
    const lacking = [...refused, ...unknown];
    heading(`Host functions (${offered.length + lacking.length})`);
    const lacked = lacking.length === 0 ? "none" : lacking.map(nameText).join(", ");
    printLines(
      io,
      ...columns([
        ["offered here", count(offered.length)],
        ["lacking", lacked],
      ]),
    );
  }
  heading("Sections");
  printLines(
    io,
    ...columns(
      summary.sections.map((section) => [
        `0x${section.offset.toString(16)}`,
        section.name,
        size(section.size),
      ]),
    ),
  );
  heading(`Types (${summary.types.length})`);
  printLines(io, ...columns(summary.types.map((type, i) => [String(i), type])));
  heading(`Imports (${summary.imports.length})`);
  printLines(
    io,
    ...columns(
      summary.imports.map(({ module, name, kind, type }) => [
        kind,
        `${nameText(module)}.${nameText(name)}`,
        type,
      ]),
    ),
  );
  heading(`Exports (${summary.exports.length})`);
  printLines(io, ...columns(summary.exports.map(({ name, kind, type }) => [kind, nameText(name), type])));
}

/** Errors are told by their message. */
function versionField(value: unknown): string {
  return typeof value === "object" && value !== null && "message" in value
    ? String(value.message)
    : String(value);
}

/** Names are arbitrary text: control characters must not reach the terminal. */
function nameText(name: string): string {
  return name === "" ? '""' : printable(name);
}
