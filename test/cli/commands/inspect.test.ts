import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { completeModule } from "../../decoder/assemble.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";
import { tinyChain, tinyRuntime } from "../tiny-chain.ts";

describe("cli validate and inspect", () => {
  const folder = new TestFolder();
  const complete = folder.write("complete.wasm", completeModule());
  after(() => folder.remove());

  it("validates a module", async () => {
    const { code, json } = await lockstepJson<unknown>("validate", complete);
    expect(code).to.equal(0);
    expect(json).to.deep.equal({
      ok: true,
      size: completeModule().length,
      functions: 3,
      features: ["mutable-globals", "saturating-float-to-int", "sign-extension"],
    });
    expect((await lockstep(["validate", complete, "--features", "mvp"])).stdout).to.match(
      /^valid \(\d+ B, 3 functions\)/,
    );
  });

  it("refuses every truncation of it, with an offset", async () => {
    for (let length = 0; length < completeModule().length; length += 7) {
      const path = folder.write("truncated.wasm", completeModule().slice(0, length));
      const { code, json } = await lockstepJson<{ error: { kind: string; offset: number } }>(
        "validate",
        path,
      );
      // Sections at the end may be missing without harm.
      if (code === 0) continue;
      expect(code).to.equal(3);
      expect(json.error.kind).to.be.oneOf(["malformed", "invalid"]);
      expect(json.error.offset).to.be.within(0, length);
    }
  });

  it("shows all that a module consists of", async () => {
    const { code, json } = await lockstepJson<Record<string, unknown>>("inspect", complete);
    expect(code).to.equal(0);
    expect(json).to.deep.include({
      size: completeModule().length,
      compressedSize: null,
      functions: { imported: 1, defined: 2 },
      types: ["() -> ()", "(i32, i64) -> (i32)"],
      imports: [
        { module: "env", name: "log", kind: "func", type: "() -> ()" },
        { module: "env", name: "base", kind: "global", type: "i32" },
      ],
      exports: [
        { name: "add", kind: "func", type: "(i32, i64) -> (i32)" },
        { name: "table", kind: "table", type: "2 to 5 elements" },
        { name: "memory", kind: "memory", type: "1 to 3 pages" },
        { name: "counter", kind: "global", type: "mutable i64" },
      ],
      start: 1,
      globals: 4,
      dataSegments: 1,
      elementSegments: 1,
      runtimeVersion: null,
    });
    const sections = json["sections"] as { name: string; offset: number; size: number }[];
    expect(sections.map(({ name }) => name)).to.deep.equal([
      'custom "before"',
      ..."type import function table memory global export start element code data".split(" "),
      'custom "name"',
    ]);
    const last = sections.at(-1)!;
    expect(last.offset + last.size).to.equal(completeModule().length);
  });

  it("shows the version of a runtime, from code, hex text or a chain specification", async () => {
    const runtimeVersion = { specName: "tiny", specVersion: 3, implName: "test" };
    const files = [
      folder.write("tiny.wasm", tinyRuntime()),
      folder.write("tiny.hex", new TextEncoder().encode(`${bytesToHex(tinyRuntime())}\n`)),
      folder.write("tiny.json", tinyChain().spec),
    ];
    for (const file of files) {
      const { json } = await lockstepJson<{ runtimeVersion: object; size: number }>("inspect", file);
      expect(json.size).to.equal(tinyRuntime().length);
      expect(json.runtimeVersion).to.include(runtimeVersion);
    }
    expect((await lockstep(["inspect", files[0]!])).stdout).to.match(/specName +tiny\n/);
  });

  it("refuses what is no code", async () => {
    const text = folder.write("notes.txt", new TextEncoder().encode("hello"));
    expect(await lockstep(["inspect", text])).to.deep.include({ code: 3, stdout: "" });
    const broken = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05, 1, 2, 3);
    const { code, json } = await lockstepJson<{ error: { kind: string } }>(
      "inspect",
      folder.write("bad.zst", broken),
    );
    expect(code).to.equal(3);
    expect(json.error.kind).to.equal("bad-compression");
  });
});
