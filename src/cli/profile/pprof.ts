import type { FunctionProfile, GasProfile } from "../../interp/index.ts";
import { gzipStored } from "./gzip.ts";
import { FrameTable, frameName, inOrder, stackOf } from "./layout.ts";
import { ProtoWriter } from "./protobuf.ts";

/** Field numbers of https://github.com/google/pprof/blob/main/proto/profile.proto */
const PROFILE = {
  sampleType: 1,
  sample: 2,
  location: 4,
  function: 5,
  stringTable: 6,
  periodType: 11,
  period: 12,
  defaultSampleType: 14,
} as const;
const SAMPLE = { locationId: 1, value: 2 } as const;
const LOCATION = { id: 1, address: 3, line: 4 } as const;
const LINE = { functionId: 1 } as const;
const FUNCTION = { id: 1, name: 2, systemName: 3 } as const;
const VALUE_TYPE = { type: 1, unit: 2 } as const;

/**
 * A profile for `pprof` and what reads its files: gzipped protobuf. A sample for each stack, with two values: calls
 * and gas. There is no time in it, so that equal runs give equal bytes.
 */
export function pprof(profile: GasProfile): Uint8Array {
  const strings = new StringTable();
  const table = new FrameTable();
  const out = new ProtoWriter();
  const valueType = (type: string, unit: string) =>
    new ProtoWriter()
      .uint(VALUE_TYPE.type, strings.indexOf(type))
      .uint(VALUE_TYPE.unit, strings.indexOf(unit));
  out.message(PROFILE.sampleType, valueType("calls", "count"));
  out.message(PROFILE.sampleType, valueType("gas", "gas"));
  for (const { node } of inOrder(profile.root)) {
    if (node.calls === 0 && node.self === 0n) continue;
    // Ids count from 1; the innermost function comes first.
    const ids = stackOf(node).map((func) => table.indexOf(func) + 1);
    out.message(
      PROFILE.sample,
      new ProtoWriter()
        .packed(SAMPLE.locationId, ids.reverse())
        .packed(SAMPLE.value, [node.calls, node.self]),
    );
  }
  table.frames.forEach((func, index) => {
    const id = index + 1;
    const line = new ProtoWriter().uint(LINE.functionId, id);
    out.message(
      PROFILE.location,
      new ProtoWriter()
        .uint(LOCATION.id, id)
        .uint(LOCATION.address, addressOf(func))
        .message(LOCATION.line, line),
    );
  });
  table.frames.forEach((func, index) => {
    const name = strings.indexOf(frameName(func));
    out.message(
      PROFILE.function,
      new ProtoWriter()
        .uint(FUNCTION.id, index + 1)
        .uint(FUNCTION.name, name)
        .uint(FUNCTION.systemName, name),
    );
  });
  out.message(PROFILE.periodType, valueType("gas", "gas")).uint(PROFILE.period, 1);
  out.uint(PROFILE.defaultSampleType, strings.indexOf("gas"));
  for (const text of strings.texts) out.string(PROFILE.stringTable, text);
  return gzipStored(out.finish());
}

/** Byte offset of the function's code in its module; 0 for host functions. */
function addressOf(func: FunctionProfile | undefined): number {
  if (func?.module === undefined) return 0;
  const { bodies, importedFunctionCount } = func.module;
  return bodies[func.index! - importedFunctionCount]!.start;
}

/** The first string is the empty one. */
class StringTable {
  readonly texts = [""];
  readonly #indices = new Map([["", 0]]);

  indexOf(text: string): number {
    let index = this.#indices.get(text);
    if (index === undefined) {
      index = this.texts.push(text) - 1;
      this.#indices.set(text, index);
    }
    return index;
  }
}
