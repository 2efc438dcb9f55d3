import type { BlockVerification, VerificationCheck } from "../host/chain/verify.ts";
import { bytesToHex } from "../host/hex.ts";
import type { Change, State, StorageDiff } from "../host/state/index.ts";
import { count, shorten } from "./format.ts";
import type { Colors } from "./io.ts";
import { storageName } from "./storage-names.ts";

/** One verified block as `--json` has it. */
export interface JsonBlock {
  readonly number: number;
  readonly hash: string;
  readonly stateRoot: string;
  readonly expectedStateRoot: string;
  readonly gasUsed: number;
  readonly diff: JsonChanges;
  /** Changes of child tries by name; absent where there are none. */
  readonly children?: { readonly [name: string]: JsonChanges };
}

/** New values by key, null for a removed one. */
export type JsonChanges = { readonly [key: string]: string | null };

export function blockToJson(block: BlockVerification): JsonBlock {
  const { top, children } = block.diff;
  return {
    number: block.number,
    hash: bytesToHex(block.hash),
    stateRoot: bytesToHex(block.stateRoot),
    expectedStateRoot: bytesToHex(block.expectedStateRoot),
    gasUsed: Number(block.gasUsed),
    diff: changesToJson(top),
    ...(children.length > 0 && {
      children: Object.fromEntries(
        children.map(({ name, changes }) => [bytesToHex(name), changesToJson(changes)]),
      ),
    }),
  };
}

function changesToJson(changes: readonly Change[]): JsonChanges {
  return Object.fromEntries(
    changes.map(({ key, value }) => [bytesToHex(key), value === undefined ? null : bytesToHex(value)]),
  );
}

/** Short names for the checks, so that a whole hash stands beside one within 80 columns. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ["parent state", "old state"],
  ["extrinsics root", "extrinsics"],
]);
const LABEL_WIDTH = 10;

/** One line for a fact: `✓ state root  0x…`. */
export function factLine(ok: boolean, label: string, detail: string, colors: Colors): string {
  const mark = ok ? colors.green("✓") : colors.red("✗");
  return `${mark} ${label.padEnd(LABEL_WIDTH)}  ${detail}`;
}

/** The checks of a block, one line each. */
export function checkLines(checks: readonly VerificationCheck[], colors: Colors): string[] {
  return checks.map(({ name, ok, detail }) =>
    factLine(ok, LABELS.get(name) ?? name, readableNumbers(detail), colors),
  );
}

/** Groups the digits of counts; versions and hashes stay as they are. */
function readableNumbers(text: string): string {
  return text.replaceAll(/\d+(?= (gas|host calls))/g, (digits) => count(BigInt(digits)));
}

const NAME_WIDTH = 42;
const VALUE_WIDTH = 32;

/**
 * The changed keys of a block on the state before it, one line each: `+` new, `~` changed, `-` removed.
 * Keys with known names are shown by them. At most 80 columns.
 */
export function diffLines({ top, children }: StorageDiff, before: State, colors: Colors): string[] {
  const lines = top.map((change) => changeLine(change, before.has(change.key), colors));
  for (const { name, changes } of children) {
    const trie = before.child(name);
    lines.push(`child trie ${shorten(bytesToHex(name), 60)}`);
    lines.push(...changes.map((change) => `  ${changeLine(change, trie.has(change.key), colors)}`));
  }
  return lines;
}

/** @param existed whether the key was there before: a witness need not hold what it had. */
function changeLine({ key, value }: Change, existed: boolean, colors: Colors): string {
  const name = storageName(key, NAME_WIDTH).padEnd(NAME_WIDTH);
  if (value === undefined) return `${colors.red("-")} ${name.trimEnd()}`;
  const mark = existed ? colors.yellow("~") : colors.green("+");
  return `${mark} ${name}  ${shorten(bytesToHex(value), VALUE_WIDTH)}`;
}

/** How many keys a block changed, child tries included. */
export function changeCount({ top, children }: StorageDiff): number {
  return children.reduce((sum, { changes }) => sum + changes.length, top.length);
}
