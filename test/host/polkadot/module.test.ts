import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { typeName } from "../../../src/cli/values.ts";
import type { FuncType } from "../../../src/decoder/index.ts";
import { signature } from "../../../src/host/define.ts";
import {
  type CallContext,
  hostApi,
  polkadotModule,
  unsupportedFamily,
} from "../../../src/host/polkadot/index.ts";

const ROOT = new URL("../../../../", import.meta.url);
const LISTING = new URL("test/fixtures/host-api.txt", ROOT);
const REFERENCE = new URL("../shared/reference/host-functions.md", ROOT);
const HAS_REFERENCE = existsSync(REFERENCE);

const CONTEXTS: readonly CallContext[] = ["block", "call", "offchain", "pvf"];
const BY_NAME = new Map(hostApi().map((entry) => [entry.name, entry]));

function wasm({ params, results }: FuncType): string {
  return `(${params.map(typeName).join(" ")})${results.map((type) => ` ${typeName(type)}`).join("")}`;
}

function listing(): string {
  return hostApi()
    .map((entry) => `${entry.name} ${wasm(entry.signature)} [${entry.contexts.join(" ")}]\n`)
    .join("");
}

/**
 * The names that the reference tells, in full, with the Wasm type where a table row has the signature in words.
 * Its notation is for people: rows name functions without the prefix of their section, in sets `{a,b}`, with `…`
 * for what the row above began with, and with `version_1/2` for two at once.
 */
function referenceFunctions(text: string): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const add = (name: string, type?: string) => {
    if (found.get(name) === undefined) found.set(name, type);
  };
  let prefix = "";
  let subject = "";
  for (const line of text.split("\n")) {
    const heading = /^## (\d+)\./.exec(line);
    if (heading !== null) prefix = PREFIXES[heading[1]!] ?? "";
    for (const [, name] of line.matchAll(/`(ext_[a-z0-9_]+_version_\d+)\b/g)) add(name!);
    const row = /^\| ([^|]+) \|(?: ([^|]*) \|)?/.exec(line);
    if (row === null || prefix === "" || !row[1]!.includes("_version_")) continue;
    const cells = `${row[1]} ${row[2] ?? ""}`;
    for (const [, names, given] of cells.matchAll(
      /([{}…a-z0-9_,/]+_version_[\d/]+)(?: \(noalloc[^)]*\))?(?: (\([^)]*\) → [^;|]*))?/g,
    )) {
      if (names!.slice(0, names!.indexOf("_version_")).includes("/")) continue;
      for (const name of spread(names!, subject)) {
        const full = name.startsWith("ext_") ? name : prefix + name;
        add(full, wordsToWasm(given ?? row[2] ?? ""));
      }
    }
    const set = /\{[a-z0-9_,]+\}/.exec(row[1]!);
    if (set !== null) subject = set[0];
  }
  return found;
}

/** What the reference itself says is a mistake of a document that it quotes. */
const MISSPELT = ["ext_storage_proof_size_version_1"];

const PREFIXES: Readonly<Record<string, string>> = {
  "1": "ext_storage_",
  "2": "ext_default_child_storage_",
  "3": "ext_crypto_",
  "5": "ext_trie_",
  "9": "ext_offchain_",
};

/** `{a,b}_x_version_1/2` to all four; `…` is the set of the row above. */
function spread(names: string, subject: string): string[] {
  const text = names.replace("…", subject);
  const set = /\{([^}]*)\}/.exec(text);
  const variants = set === null ? [text] : set[1]!.split(",").map((item) => text.replace(set[0], item));
  return variants.flatMap((name) => {
    const many = /^(.*_version_)(\d(?:\/\d)+)$/.exec(name);
    return many === null ? [name] : many[2]!.split("/").map((version) => many[1] + version);
  });
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/optspan|optint|span|i64|u64/, "i64"],
  [/ptr|u8|u32|bool|i32|enum/, "i32"],
];

/** `(key span, out ptr) → i32` to `(i64 i32) i32`; undefined where the words do not say it all. */
function wordsToWasm(words: string): string | undefined {
  const match = /^\(([^)]*)\) → (\S+)/.exec(words.replaceAll("**", "").replaceAll(/ptr\[[^\]]*\]/g, "ptr"));
  if (match === null) return undefined;
  const params = match[1] === "" ? [] : match[1]!.split(",").map((param) => typeOf(param.trim()));
  const result = match[2] === "void" ? "" : typeOf(match[2]!);
  if (result === undefined || params.includes(undefined)) return undefined;
  return `(${params.join(" ")})${result === "" ? "" : ` ${result}`}`;
}

/** A parameter without a type is one of those that are spans wherever they have one. */
function typeOf(words: string): string | undefined {
  const [, type] = WORDS.find(([pattern]) => pattern.test(words)) ?? [];
  return type ?? (/^(key|value|prefix|child|input|data)$/.test(words) ? "i64" : undefined);
}

describe("the host API", () => {
  it("is the one listed in the fixtures, name by name", () => {
    // After a change: look at the difference, and copy what is right there.
    expect(listing()).to.equal(readFileSync(LISTING, "utf8"));
  });

  it("has every name once", () => {
    expect(BY_NAME.size).to.equal(hostApi().length);
    for (const { name, version } of BY_NAME.values()) {
      expect(version).to.equal(
        name.includes("_version_") ? Number(name.slice(name.lastIndexOf("_") + 1)) : undefined,
      );
    }
  });

  it("links in every context, with the same types", () => {
    for (const context of CONTEXTS) {
      const { functions } = polkadotModule(context);
      expect([...functions.keys()]).to.deep.equal([...BY_NAME.keys()]);
      for (const [name, fn] of functions) expect(signature(fn)).to.deep.equal(BY_NAME.get(name)!.signature);
    }
  });

  it("is not also refused as unsupported, but for names that had other types before", () => {
    const both = [...BY_NAME.values()].filter(({ name }) => unsupportedFamily(name) !== undefined);
    expect([...new Set(both.map(({ chapter }) => chapter))]).to.deep.equal(["elliptic curves", "sandbox"]);
  });

  it(`lacks nothing of the reference${HAS_REFERENCE ? "" : " (skipped: no ../shared/reference)"}`, function () {
    if (!HAS_REFERENCE) this.skip();
    const text = readFileSync(fileURLToPath(REFERENCE), "utf8");
    const wanted = referenceFunctions(text);
    expect(wanted.size).to.be.at.least(120);
    const known = (name: string) => BY_NAME.has(name) || unsupportedFamily(name) !== undefined;
    expect([...wanted.keys()].filter((name) => !known(name))).to.deep.equal(MISSPELT);
    // Also what prose names, by the ends of the names at least.
    const ends = new Set([...text.matchAll(/[a-z0-9_]+_version_\d+/g)].map(([name]) => name));
    expect(ends.size).to.be.at.least(100);
    const names = [...BY_NAME.keys()];
    const unknown = [...ends].filter((end) => !known(end) && !names.some((name) => name.endsWith(end)));
    expect(unknown).to.deep.equal(MISSPELT);
    const typed = [...wanted].filter(([name, type]) => type !== undefined && BY_NAME.has(name));
    expect(typed.length).to.be.at.least(60);
    for (const [name, type] of typed)
      expect([name, wasm(BY_NAME.get(name)!.signature)]).to.deep.equal([name, type]);
  });
});
