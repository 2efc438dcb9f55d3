import { expect } from "chai";
import { I64 } from "../../../src/decoder/index.ts";
import { signature } from "../../../src/host/define.ts";
import { FreeingBumpAllocator } from "../../../src/host/polkadot/allocator.ts";
import { type HostOptions, PolkadotHost } from "../../../src/host/polkadot/host.ts";
import { polkadotModule } from "../../../src/host/polkadot/module.ts";
import { Overlay, State } from "../../../src/host/state/index.ts";
import { Memory, Trap } from "../../../src/interp/index.ts";

/** Where arguments are put; the heap begins at HEAP_BASE. */
const ARGUMENTS = 1024;
const HEAP_BASE = 32768;

/** Bytes become a span or a pointer, as the function's type wants; a number an i32, a bigint an i64. */
export type Argument = Uint8Array | number | bigint;

/** Calls single host functions as a guest would, over a state of its own. */
export class Harness {
  readonly host: PolkadotHost;
  readonly memory = new Memory({ min: 2, max: 4 });
  readonly allocator = new FreeingBumpAllocator(this.memory, HEAP_BASE);
  /** Sizes asked of the heap. */
  readonly allocations: number[] = [];
  readonly #imports;
  readonly #module;

  constructor(entries: Iterable<[Uint8Array, Uint8Array]> = [], options: Partial<HostOptions> = {}) {
    this.host = new PolkadotHost({
      context: "block",
      overlay: new Overlay(State.fromEntries(entries)),
      stateVersion: () => 0,
      runtimeVersionOf: () => undefined,
      ...options,
    });
    this.host.memory = this.memory;
    this.host.allocator = {
      allocate: (size) => {
        this.allocations.push(size);
        return this.allocator.allocate(size);
      },
      deallocate: (address) => this.allocator.deallocate(address),
    };
    this.#module = polkadotModule(this.host.context);
    this.#imports = this.#module.bind(this.host);
  }

  /** The result's two lanes. */
  lanes(name: string, ...args: Argument[]): Int32Array {
    const declared = this.#module.functions.get(name);
    const found = this.#imports.get("env", name);
    if (declared === undefined || found === undefined) throw new Error(`no host function ${name}`);
    const { params } = signature(declared);
    expect(args.length).to.equal(params.length, name);
    const lanes = new Int32Array(2 * Math.max(args.length, 1));
    let at = ARGUMENTS;
    args.forEach((arg, i) => {
      const wide = params[i] === I64;
      if (arg instanceof Uint8Array) {
        this.memory.bytes.set(arg, at);
        lanes[2 * i] = at;
        lanes[2 * i + 1] = wide ? arg.length : 0;
        at += arg.length;
      } else {
        lanes[2 * i] = Number(BigInt.asIntN(32, BigInt(arg)));
        lanes[2 * i + 1] = wide ? Number(BigInt.asIntN(32, BigInt(arg) >> 32n)) : 0;
      }
    });
    this.allocations.length = 0;
    found.value.invoke({ lanes, at: 0, caller: undefined });
    return lanes.slice(0, 2);
  }

  /** The i32 result. */
  int(name: string, ...args: Argument[]): number {
    return this.lanes(name, ...args)[0];
  }

  /** The i64 result. */
  long(name: string, ...args: Argument[]): bigint {
    const [low, high] = this.lanes(name, ...args);
    return (BigInt(high) << 32n) | BigInt(low >>> 0);
  }

  /** The bytes of a returned span. It must have been allocated by itself and in its size. */
  span(name: string, ...args: Argument[]): Uint8Array {
    const [address, length] = this.lanes(name, ...args);
    expect(this.allocations).to.deep.equal([length], `${name} must allocate its result, once`);
    return this.memory.bytes.slice(address, address + length);
  }

  /** The bytes at a returned pointer. */
  pointer(name: string, size: number, ...args: Argument[]): Uint8Array {
    const address = this.int(name, ...args);
    expect(this.allocations).to.deep.equal([size], `${name} must allocate its result, once`);
    return this.memory.bytes.slice(address, address + size);
  }

  /** Calls with `args`, of which number `index` is a buffer to fill, and gives its contents with the result. */
  filling(index: number, name: string, ...args: Argument[]): { lanes: Int32Array; out: Uint8Array } {
    const before = args.slice(0, index).filter((arg) => arg instanceof Uint8Array);
    const at = before.reduce((sum, arg) => sum + arg.length, ARGUMENTS);
    const lanes = this.lanes(name, ...args);
    return { lanes, out: this.memory.bytes.slice(at, at + (args[index] as Uint8Array).length) };
  }

  /** The code of the trap that the call ends in. */
  trap(name: string, ...args: Argument[]): string {
    try {
      this.lanes(name, ...args);
    } catch (error) {
      expect(error).to.be.instanceOf(Trap);
      return (error as Trap).code;
    }
    throw new Error(`${name} did not trap`);
  }
}
