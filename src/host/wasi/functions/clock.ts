import { u32, u64 } from "../../types/numbers.ts";
import { cell } from "../../types/pointers.ts";
import { call } from "../declare.ts";
import { ERRNO, type ErrnoName, WasiError } from "../errno.ts";
import { CLOCK, type ClockId, EVENTTYPE, RIGHTS, SUBSCRIPTION_CLOCK_ABSTIME } from "../flags.ts";
import type { Wasi } from "../state.ts";
import { event, type Subscription, subscription } from "../types.ts";

/** Clocks, and waiting. */
export const clockFunctions = {
  clock_res_get: call([u32, cell(u64)], (wasi, id, out) => out.set(wasi.clock.resolution(clockId(id)))),
  clock_time_get: call([u32, u64, cell(u64)], (wasi, id, _precision, out) => {
    out.set(BigInt.asUintN(64, wasi.now(clockId(id))));
  }),
  poll_oneoff: call([u32, u32, u32, cell(u32)], (wasi, input, output, count, out) => {
    if (count === 0) throw new WasiError("inval");
    wasi.bytesAt(input, count * subscription.size);
    wasi.bytesAt(output, count * event.size);
    wasi.charge(count * (subscription.size + event.size));
    const waits = readSubscriptions(wasi, input, count);
    const earliest = waits.reduce((least: bigint, { wait }) => (wait < least ? wait : least), waits[0]!.wait);
    if (earliest > 0n) wasi.clock.sleep(earliest);
    let written = 0;
    for (const { subscription, wait, error, bytes } of waits) {
      if (wait > earliest && wait > 0n) continue;
      event.write(wasi.memory.view, output + event.size * written++, {
        userdata: subscription.userdata,
        error: ERRNO[error],
        type: subscription.type,
        bytes,
        flags: 0,
      });
    }
    out.set(written);
  }),
};

function clockId(id: number): ClockId {
  if (id > CLOCK.threadCputime) throw new WasiError("inval");
  return id as ClockId;
}

interface Wait {
  readonly subscription: Subscription;
  /** Nanoseconds until it is due; not above 0 if it is. */
  readonly wait: bigint;
  readonly error: ErrnoName;
  /** How much can be read or written without waiting. */
  readonly bytes: bigint;
}

function readSubscriptions(wasi: Wasi, address: number, count: number): Wait[] {
  const waits: Wait[] = [];
  for (let i = 0; i < count; i++) {
    const wanted = subscription.read(wasi.memory.view, address + subscription.size * i);
    waits.push(waitOf(wasi, wanted));
  }
  return waits;
}

/** Files, and streams of a host that waits in its `read`, are always ready. */
function waitOf(wasi: Wasi, wanted: Subscription): Wait {
  const ready = { subscription: wanted, wait: 0n, bytes: 0n };
  try {
    if (wanted.type === EVENTTYPE.clock) {
      return { ...ready, wait: untilDue(wasi, wanted.clock), error: "success" };
    }
    if (wanted.type !== EVENTTYPE.fdRead && wanted.type !== EVENTTYPE.fdWrite) throw new WasiError("inval");
    return { ...ready, bytes: readable(wasi, wanted.clock.id, wanted.type), error: "success" };
  } catch (error) {
    if (!(error instanceof WasiError)) throw error;
    return { ...ready, error: error.errno };
  }
}

function untilDue(wasi: Wasi, { id, timeout, flags }: Subscription["clock"]): bigint {
  const clock = clockId(id);
  return (flags & SUBSCRIPTION_CLOCK_ABSTIME) === 0 ? timeout : timeout - wasi.now(clock);
}

/** @throws WasiError if the descriptor is none, or was not opened for that. */
function readable(wasi: Wasi, fd: number, type: number): bigint {
  const descriptor = wasi.descriptors.get(fd);
  const right = type === EVENTTYPE.fdRead ? RIGHTS.fdRead : RIGHTS.fdWrite;
  if ((descriptor.base & right) === 0n) throw new WasiError("badf");
  if (descriptor.kind !== "file") return 1n;
  if (type === EVENTTYPE.fdWrite) return 1n;
  const left = descriptor.file.stat().size - BigInt(descriptor.position);
  return left > 0n ? left : 0n;
}
