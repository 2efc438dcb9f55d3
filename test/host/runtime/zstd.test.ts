import { expect } from "chai";
import fc from "fast-check";
import { decompress } from "fzstd";
import { concatBytes } from "../../../src/host/bytes.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { CODE_SIZE_LIMIT, RuntimeError, unpackCode } from "../../../src/host/runtime/index.ts";
import { decompressZstd } from "../../../src/host/runtime/zstd.ts";
import { encodeUtf8 } from "../../../src/host/scale/index.ts";
import { runtimeFailure } from "../failures.ts";

/** 344 bytes of text, made by the zstd program at level 19; the second with a checksum and a declared size. */
const TEXT = encodeUtf8("hello hello hello hello hello hello, zstd!\n".repeat(8));
const PLAIN = hexToBytes("0x28b52ffd0068c500007068656c6c6f202c207a737464210a02002a4ea93c772902");
const CHECKED = hexToBytes("0x28b52ffd645800c500007068656c6c6f202c207a737464210a02002a4ea93c77290298059d7d");
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A block: 0 raw, 1 run-length, 2 compressed. */
function block(type: number, size: number, content: readonly number[], last = false): number[] {
  const header = (size << 3) | (type << 1) | (last ? 1 : 0);
  return [header & 0xff, (header >> 8) & 0xff, header >> 16, ...content];
}

/** A frame with a window of 128 KiB, or the given window descriptor. */
function frame(blocks: readonly number[], window = 0x38): Uint8Array {
  return Uint8Array.from([...MAGIC, 0x00, window, ...blocks]);
}

describe("zstd frames", () => {
  it("decompress, with and without a declared size and a checksum", () => {
    expect(decompressZstd(PLAIN, 1000)).to.deep.equal(TEXT);
    expect(decompressZstd(CHECKED, 1000)).to.deep.equal(TEXT);
  });

  it("of raw and run-length blocks decompress", () => {
    const bytes = frame([...block(0, 3, [1, 2, 3]), ...block(1, 5, [9]), ...block(0, 0, [], true)]);
    expect(decompressZstd(bytes, 100)).to.deep.equal(Uint8Array.of(1, 2, 3, 9, 9, 9, 9, 9));
  });

  it("stop at the limit, whatever they declare", () => {
    const bomb = frame([
      ...Array.from({ length: 80 }, () => block(1, 131072, [0])).flat(),
      ...block(0, 0, [], true),
    ]);
    expect(runtimeFailure(() => decompressZstd(bomb, 80 * 131072))).to.equal("accepted");
    expect(runtimeFailure(() => decompressZstd(bomb, 80 * 131072 - 1))).to.equal("code-too-large");
    const claims = Uint8Array.from([...MAGIC, 0xc0, 0x38, ...new Array<number>(7).fill(0xff), 0x0f, 1, 0, 0]);
    expect(runtimeFailure(() => decompressZstd(claims, CODE_SIZE_LIMIT))).to.equal("code-too-large");
    const single = Uint8Array.from([...MAGIC, 0xe0, ...new Array<number>(8).fill(0xff), 1, 0, 0]);
    expect(runtimeFailure(() => decompressZstd(single, CODE_SIZE_LIMIT))).to.equal("code-too-large");
    expect(
      runtimeFailure(() => decompressZstd(frame(block(0, 0, [], true), 0xff), CODE_SIZE_LIMIT)),
    ).to.equal("bad-compression");
  });

  it("of countless tiny blocks under a large window are refused at once", () => {
    const tiny = new Array<number[]>(20000).fill(block(1, 0, [0])).flat();
    const start = process.hrtime.bigint();
    const hostile = frame([...tiny, ...block(0, 0, [], true)], 0x78);
    expect(runtimeFailure(() => decompressZstd(hostile, CODE_SIZE_LIMIT))).to.equal("bad-compression");
    expect(Number(process.hrtime.bigint() - start) / 1e6).to.be.below(2000);
  });

  it("that lie about their size or content are refused", () => {
    const declared = CHECKED.slice();
    declared[5] ^= 1;
    expect(runtimeFailure(() => decompressZstd(declared, 1000))).to.equal("bad-compression");
    const checksum = CHECKED.slice();
    checksum[checksum.length - 1] ^= 1;
    expect(runtimeFailure(() => decompressZstd(checksum, 1000))).to.equal("bad-compression");
    expect(runtimeFailure(() => decompressZstd(concatBytes(PLAIN, Uint8Array.of(0)), 1000))).to.equal(
      "bad-compression",
    );
    for (let length = 0; length < CHECKED.length; length++) {
      expect(runtimeFailure(() => decompressZstd(CHECKED.slice(0, length), 1000))).to.equal(
        "bad-compression",
      );
    }
  });

  it("of any bytes give a typed error or what the decompressor alone gives", () => {
    const damaged = fc.tuple(fc.constantFrom(PLAIN, CHECKED), fc.nat({ max: 38 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(damaged, ([bytes, at, value]) => {
        const copy = bytes.slice();
        copy[at % copy.length] = value;
        let content: Uint8Array;
        try {
          content = decompressZstd(copy, 1000);
        } catch (error) {
          expect(error).to.be.instanceOf(RuntimeError);
          return;
        }
        expect(bytesToHex(content)).to.equal(bytesToHex(decompress(copy)));
      }),
      { seed: 8878, numRuns: 300 },
    );
  });
});

describe("code blobs", () => {
  const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const prefix = (last: number) => Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, last);

  it("are unpacked if they are marked as compressed", () => {
    const packed = frame(block(0, 8, [...wasm], true));
    expect(unpackCode(wasm)).to.equal(wasm);
    expect(unpackCode(concatBytes(prefix(5), packed))).to.deep.equal(wasm);
    expect(unpackCode(concatBytes(prefix(7), packed))).to.deep.equal(wasm);
  });

  it("of other kinds are refused", () => {
    for (const blob of [
      new Uint8Array(0),
      Uint8Array.of(0x50, 0x56, 0x4d, 0),
      prefix(8),
      concatBytes(prefix(6), wasm),
      concatBytes(prefix(5), frame(block(0, 4, [0x50, 0x56, 0x4d, 0], true))),
    ]) {
      expect(runtimeFailure(() => unpackCode(blob))).to.equal("unsupported-code");
    }
    expect(runtimeFailure(() => unpackCode(prefix(5)))).to.equal("bad-compression");
  });
});
