import type { Instance } from "../../interp/instance.ts";
import type { Store } from "../../interp/store.ts";
import { encodeUtf8 } from "../scale/utf8.ts";
import { GuestState } from "../types/guest-state.ts";
import { checkRange } from "../types/value-type.ts";
import { type Clock, VirtualClock } from "./clock.ts";
import { Descriptors, type OpenStream } from "./descriptors.ts";
import { type Entropy, SeededEntropy } from "./entropy.ts";
import type { Folder } from "./file-system.ts";
import { ALL_RIGHTS, CLOCK, type ClockId, FOLDER_RIGHTS, RIGHTS, STREAM_RIGHTS } from "./flags.ts";
import { discarded, type Input, type Output, recordedInput } from "./streams.ts";

/**
 * What a program finds. Without options: no arguments, no variables, no files, an empty input, a clock that goes by
 * gas, and random numbers that are the same in every run. Nothing of the machine is seen but through what is given here.
 */
export interface WasiOptions {
  /** The program's name first, as is the custom. */
  readonly args?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** Bytes or text that the program reads, then it ends. Default: nothing. */
  readonly stdin?: Input | Uint8Array | string;
  /** Default: discarded. */
  readonly stdout?: Output;
  readonly stderr?: Output;
  /** Folders that the program may use, by the absolute path it knows them under: `{ "/": memoryFolder({…}) }`. */
  readonly folders?: { readonly [path: string]: Folder };
  /** Default: a `VirtualClock`. */
  readonly clock?: Clock;
  /** Default: `SeededEntropy` of the seed 0. */
  readonly entropy?: Entropy;
}

/** Bytes that a unit of gas pays for, when the host moves them. */
const BYTES_PER_GAS = 8;

/** A program's side of WASI: what it was given, and what it has open. */
export class Wasi extends GuestState {
  readonly args: readonly Uint8Array[];
  /** `NAME=value` each. */
  readonly env: readonly Uint8Array[];
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly descriptors = new Descriptors();
  #store: Store | undefined;

  /** @throws TypeError for arguments, names and paths with a NUL in them */
  constructor(options: WasiOptions = {}) {
    super();
    const { args = [], env = {}, stdin = "", stdout = discarded, stderr = discarded, folders = {} } = options;
    this.args = args.map(withoutNul);
    this.env = Object.entries(env).map(([name, value]) => withoutNul(`${name}=${value}`));
    this.clock = options.clock ?? new VirtualClock();
    this.entropy = options.entropy ?? new SeededEntropy();
    const input = typeof stdin === "string" || stdin instanceof Uint8Array ? recordedInput(stdin) : stdin;
    this.descriptors.add(stream(input, undefined));
    this.descriptors.add(stream(undefined, stdout));
    this.descriptors.add(stream(undefined, stderr));
    for (const [path, folder] of Object.entries(folders)) {
      folder.useClock?.(() => this.now(CLOCK.realtime));
      this.descriptors.add({
        kind: "folder",
        folder,
        preopened: withoutNul(path),
        base: FOLDER_RIGHTS,
        inheriting: ALL_RIGHTS,
        flags: 0,
        listing: undefined,
      });
    }
  }

  override attach(instance: Instance): void {
    super.attach(instance);
    this.#store = instance.store;
  }

  now(id: ClockId): bigint {
    return this.clock.now(id, this.#store?.gasUsed ?? 0n);
  }

  /** Takes gas for `bytes` that the host moves or makes, before it does. @throws Trap out-of-gas */
  charge(bytes: number): void {
    this.#store?.chargeGas(BigInt(Math.ceil(bytes / BYTES_PER_GAS)));
  }

  /** A view of the guest's memory. @throws Segfault */
  bytesAt(address: number, length: number): Uint8Array {
    checkRange(this.memory, address, length);
    return this.memory.bytes.subarray(address, address + length);
  }
}

function stream(input: Input | undefined, output: Output | undefined): OpenStream {
  const direction = input === undefined ? RIGHTS.fdWrite : RIGHTS.fdRead;
  return { kind: "stream", input, output, base: STREAM_RIGHTS | direction, inheriting: 0n, flags: 0 };
}

function withoutNul(text: string): Uint8Array {
  if (text.includes("\0")) throw new TypeError(`a NUL in ${JSON.stringify(text)}`);
  return encodeUtf8(text);
}
