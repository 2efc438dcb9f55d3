import { expect } from "chai";
import fc from "fast-check";
import { TarError, tarEntries } from "../../../src/cli/demo/tar.ts";

/** One ustar entry: header block and padded content. */
function entry(name: string, content: string, { type = "0", prefix = "" } = {}): Uint8Array {
  const bytes = new TextEncoder().encode(content);
  const block = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  put(0, name);
  put(124, `${bytes.length.toString(8).padStart(11, "0")} `);
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar");
  put(345, prefix);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  block.set(bytes, 512);
  return block;
}

function archive(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from([...parts.flatMap((part) => [...part]), ...new Array<number>(1024).fill(0)]);
}

function read(bytes: Uint8Array): [string, string][] {
  return [...tarEntries(bytes)].map(({ name, bytes: content }) => [name, new TextDecoder().decode(content)]);
}

describe("cli/demo/tar", () => {
  it("gives the plain files in order, prefix and name joined", () => {
    const bytes = archive(
      entry("pax", "path=x", { type: "x" }),
      entry("a.txt", "hello"),
      entry("folder", "", { type: "5" }),
      entry("b.txt", "x".repeat(513), { prefix: "package/dist" }),
      entry("empty", ""),
    );
    expect(read(bytes)).to.deep.equal([
      ["a.txt", "hello"],
      ["package/dist/b.txt", "x".repeat(513)],
      ["empty", ""],
    ]);
  });

  it("stops at the end marker or at the end of the bytes", () => {
    const bytes = entry("a", "1");
    expect(read(bytes)).to.deep.equal([["a", "1"]]);
    expect(read(new Uint8Array(100))).to.deep.equal([]);
  });

  it("refuses a changed header and a file that reaches beyond the archive", () => {
    const changed = entry("a", "1");
    changed[0] = 0x62;
    expect(() => read(changed)).to.throw(TarError, /checksum/);
    expect(() => read(entry("a", "x".repeat(600)).subarray(0, 1024))).to.throw(TarError, /beyond/);
  });

  it("answers any bytes with files or a TarError", () => {
    const good = archive(entry("a.txt", "hello"), entry("b.txt", "world"));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bytes = good.slice(0, length);
        bytes[at] = byte;
        try {
          return read(bytes).length <= 2;
        } catch (error) {
          return error instanceof TarError;
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
