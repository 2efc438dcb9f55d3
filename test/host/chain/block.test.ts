import { expect } from "chai";
import { writeDigestItem } from "../../../src/host/chain/digest.ts";
import {
  blockHash,
  ChainFormatError,
  type ChainFormatErrorKind,
  decodeHeader,
  readBlocks,
} from "../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { ScaleWriter } from "../../../src/host/scale/index.ts";
import { fixture } from "../shared-data.ts";

const [FIRST] = fixture<{ hash: string; header: string; extrinsics: string[] }[]>("first-blocks.json");

/** The block as `chain_getBlock` gives it. */
function rpcBlock() {
  const header = decodeHeader(hexToBytes(FIRST.header));
  return {
    header: {
      parentHash: bytesToHex(header.parentHash),
      number: `0x${header.number.toString(16)}`,
      stateRoot: bytesToHex(header.stateRoot),
      extrinsicsRoot: bytesToHex(header.extrinsicsRoot),
      digest: {
        logs: header.digest.map((item) => {
          const writer = new ScaleWriter();
          writeDigestItem(writer, item);
          return bytesToHex(writer.finish());
        }),
      },
    },
    extrinsics: FIRST.extrinsics,
  };
}

function expectRefusal(json: unknown, kind: ChainFormatErrorKind, path: string, reason = /./): void {
  try {
    readBlocks(json);
  } catch (error) {
    expect(error).to.be.instanceOf(ChainFormatError);
    expect(error).to.include({ kind, path });
    expect((error as ChainFormatError).reason).to.match(reason);
    return;
  }
  expect.fail("no error");
}

describe("block reader", () => {
  const simple = { header: FIRST.header, extrinsics: FIRST.extrinsics };

  it("takes both forms, bare or as a JSON-RPC response, one or many", () => {
    const block = rpcBlock();
    const forms: unknown[] = [
      simple,
      { ...simple, hash: "anything", number: null },
      block,
      { block, justifications: null },
      { jsonrpc: "2.0", id: 1, result: { block } },
    ];
    for (const form of forms) {
      const blocks = readBlocks(JSON.parse(JSON.stringify(form)));
      expect(blocks).to.have.length(1);
      expect(bytesToHex(blockHash(blocks[0].header))).to.equal(FIRST.hash);
      expect(blocks[0].extrinsics.map(bytesToHex)).to.deep.equal(FIRST.extrinsics);
    }
    expect(readBlocks(forms)).to.have.length(forms.length);
    expect(readBlocks([])).to.deep.equal([]);
  });

  it("says where a document is wrong", () => {
    const block = rpcBlock();
    const withHeader = (change: object) => ({ block: { ...block, header: { ...block.header, ...change } } });
    expectRefusal(7, "type", "");
    expectRefusal("0x", "type", "");
    expectRefusal(null, "type", "", /null/);
    expectRefusal({}, "missing", "");
    expectRefusal([simple, {}], "missing", "[1]");
    expectRefusal({ header: FIRST.header }, "missing", "extrinsics");
    expectRefusal({ ...simple, extrinsics: {} }, "type", "extrinsics");
    expectRefusal({ ...simple, header: "0xzz" }, "hex", "header");
    expectRefusal({ ...simple, header: FIRST.header.slice(2) }, "hex", "header");
    expectRefusal({ ...simple, header: FIRST.header.slice(0, -2) }, "scale", "header", /announced|left/);
    expectRefusal({ ...simple, header: 5 }, "type", "header");
    expectRefusal({ ...simple, extrinsics: ["0x04"] }, "scale", "extrinsics[0]", /announced/);
    expectRefusal({ ...simple, extrinsics: ["0x0400", "0x040000"] }, "scale", "extrinsics[1]", /trailing/);
    expectRefusal(withHeader({ number: "1" }), "number", "block.header.number");
    expectRefusal(withHeader({ number: "0x100000000" }), "number", "block.header.number");
    expectRefusal(withHeader({ number: -1 }), "number", "block.header.number");
    expectRefusal(withHeader({ stateRoot: "0x00" }), "hex", "block.header.stateRoot", /32 bytes/);
    expectRefusal(withHeader({ digest: { logs: ["0x03"] } }), "scale", "block.header.digest.logs[0]");
    expectRefusal(
      withHeader({ digest: { logs: ["0x0800"] } }),
      "scale",
      "block.header.digest.logs[0]",
      /trailing/,
    );
    expectRefusal(withHeader({ digest: null }), "missing", "block.header.digest");
  });

  it("passes on what a node said", () => {
    expectRefusal({ jsonrpc: "2.0", id: 1, error: { code: -1, message: "busy" } }, "remote", "", /busy/);
    expectRefusal({ jsonrpc: "2.0", id: 1, error: "odd" }, "remote", "");
    expectRefusal({ jsonrpc: "2.0", id: 1, result: null }, "remote", "", /no block/);
    expectRefusal({ jsonrpc: "2.0", id: 1, result: {} }, "missing", "result.block");
  });

  it("sees only the document's own members", () => {
    expectRefusal(JSON.parse('{"__proto__": {"header": "0x", "extrinsics": []}}'), "missing", "");
    expectRefusal(Object.create({ header: FIRST.header, extrinsics: [] }), "missing", "");
  });
});
