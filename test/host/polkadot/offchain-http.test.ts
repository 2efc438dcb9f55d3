import { expect } from "chai";
import type { HttpService, HttpStatus } from "../../../src/host/polkadot/http-service.ts";
import type { OffchainHost } from "../../../src/host/polkadot/offchain-host.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { Harness } from "./harness.ts";

const NONE = Uint8Array.of(0);
const at = (deadline: bigint) => new ScaleWriter().u8(1).u64(deadline).finish();
const ids = (...list: number[]) => new ScaleWriter().vec(list, (w, id) => w.u16(id)).finish();

/** One request at a time, answered with what it was sent. */
class Echo implements HttpService {
  readonly log: unknown[] = [];
  body: number[] = [];
  sent = false;

  start(method: string, uri: string, meta: Uint8Array): number | undefined {
    this.log.push([method, uri, meta.length]);
    return method === "GET" || method === "POST" ? 300 : undefined;
  }
  addHeader(id: number, name: string, value: string): boolean {
    this.log.push([name, value]);
    return id === 300;
  }
  writeBody(id: number, chunk: Uint8Array, deadline: bigint | undefined) {
    if (id !== 300) return "invalid";
    if (deadline === 0n) return "deadline-reached";
    if (this.sent) return "io-error";
    this.body.push(...chunk);
    this.sent = chunk.length === 0;
    return undefined;
  }
  wait(list: readonly number[], deadline: bigint | undefined): HttpStatus[] {
    this.log.push(deadline);
    return list.map((id) =>
      id === 300 ? 200 : id === 1 ? "deadline-reached" : id === 2 ? "io-error" : "invalid",
    );
  }
  headers(id: number) {
    return id === 300 ? ([[bytes("type"), bytes("text")]] as const) : [];
  }
  readBody(id: number, buffer: Uint8Array, deadline: bigint | undefined) {
    if (id !== 300) return "invalid";
    if (deadline === 0n) return "deadline-reached";
    const part = this.body.splice(0, buffer.length);
    buffer.set(part);
    return part.length;
  }
}

function harness(http: HttpService): Harness {
  const nothing = () => {
    throw new Error("not used");
  };
  const offchain: OffchainHost = {
    isValidator: () => false,
    submitTransaction: nothing,
    networkState: () => undefined,
    timestamp: nothing,
    sleepUntil: nothing,
    randomSeed: nothing,
    get: nothing,
    set: nothing,
    clear: nothing,
    http,
  };
  return new Harness([], { context: "offchain", offchain });
}

describe("HTTP of offchain workers", () => {
  const P = "ext_offchain_http_";

  it("goes through requests, headers, bodies and answers", () => {
    const http = new Echo();
    const h = harness(http);
    const start = [bytes("POST"), bytes("http://here"), NONE] as const;
    expect([...h.span(`${P}request_start_version_1`, ...start)]).to.deep.equal([0, 44, 1]);
    expect(h.long(`${P}request_start_version_2`, ...start)).to.equal(300n);
    const bad = [bytes("PULL"), bytes("http://here"), NONE] as const;
    expect([...h.span(`${P}request_start_version_1`, ...bad)]).to.deep.equal([1]);
    expect(h.long(`${P}request_start_version_2`, ...bad)).to.equal(-1n);

    const header = [bytes("Accept"), bytes("*/*")] as const;
    expect([...h.span(`${P}request_add_header_version_1`, 300, ...header)]).to.deep.equal([0]);
    expect([...h.span(`${P}request_add_header_version_1`, 9, ...header)]).to.deep.equal([1]);
    expect(h.long(`${P}request_add_header_version_2`, 300, ...header)).to.equal(0n);
    expect(h.long(`${P}request_add_header_version_2`, 9, ...header)).to.equal(-1n);

    const write = (version: number, id: number, chunk: string, deadline: Uint8Array) =>
      [`${P}request_write_body_version_${version}`, id, bytes(chunk), deadline] as const;
    expect([...h.span(...write(1, 300, "abc", NONE))]).to.deep.equal([0]);
    expect([...h.span(...write(1, 300, "abc", at(0n)))]).to.deep.equal([1, 1]);
    expect([...h.span(...write(1, 9, "abc", NONE))]).to.deep.equal([1, 3]);
    expect(h.long(...write(2, 300, "de", at(9n)))).to.equal(0n);
    expect(h.long(...write(2, 300, "", NONE))).to.equal(0n);
    expect(h.long(...write(2, 300, "late", NONE))).to.equal(-2n);
    expect([...h.span(...write(1, 300, "late", NONE))]).to.deep.equal([1, 2]);
    expect(h.long(...write(2, 9, "", NONE))).to.equal(-3n);

    const all = ids(300, 1, 2, 7);
    expect([...h.span(`${P}response_wait_version_1`, all, at(5n))]).to.deep.equal([16, 3, 200, 0, 0, 1, 2]);
    const { out } = h.filling(2, `${P}response_wait_version_2`, all, NONE, new Uint8Array(16));
    const codes = new DataView(out.buffer, out.byteOffset);
    expect([0, 4, 8, 12].map((place) => codes.getInt32(place, true))).to.deep.equal([200, -1, -2, -3]);
    for (const size of [15, 17, 20]) {
      expect(h.trap(`${P}response_wait_version_2`, all, NONE, new Uint8Array(size))).to.equal(
        "invalid-argument",
      );
    }

    expect(h.span(`${P}response_headers_version_1`, 300)).to.deep.equal(
      new ScaleWriter().vec([0], (w) => w.bytes(bytes("type")).bytes(bytes("text"))).finish(),
    );
    expect([...h.span(`${P}response_headers_version_1`, 9)]).to.deep.equal([0]);
    const name = h.filling(2, `${P}response_header_name_version_1`, 300, 0, new Uint8Array(5));
    expect([name.lanes[0], String.fromCharCode(...name.out)]).to.deep.equal([4, "type\0"]);
    const short = h.filling(2, `${P}response_header_value_version_1`, 300, 0, new Uint8Array(3));
    expect([short.lanes[0], [...short.out]]).to.deep.equal([4, [0, 0, 0]]);
    expect(h.long(`${P}response_header_value_version_1`, 300, 1, new Uint8Array(3))).to.equal(-1n);

    const read = h.filling(1, `${P}response_read_body_version_2`, 300, new Uint8Array(4), NONE);
    expect([read.lanes[0], String.fromCharCode(...read.out)]).to.deep.equal([4, "abcd"]);
    expect([...h.span(`${P}response_read_body_version_1`, 300, new Uint8Array(4), NONE)]).to.deep.equal([
      0, 1, 0, 0, 0,
    ]);
    expect(h.long(`${P}response_read_body_version_2`, 300, new Uint8Array(4), NONE)).to.equal(0n);
    expect(h.long(`${P}response_read_body_version_2`, 300, new Uint8Array(4), at(0n))).to.equal(-1n);
    expect([...h.span(`${P}response_read_body_version_1`, 9, new Uint8Array(4), NONE)]).to.deep.equal([1, 3]);

    expect(http.log).to.deep.include(["POST", "http://here", 1]).and.to.deep.include(["Accept", "*/*"]);
    expect(http.log).to.include(5n);
  });

  it("takes text that is UTF-8 only, and lists that decode", () => {
    const h = harness(new Echo());
    const wrong = Uint8Array.of(0xff);
    expect(h.trap(`${P}request_start_version_1`, wrong, bytes("u"), NONE)).to.equal("invalid-utf8");
    expect(h.trap(`${P}request_add_header_version_2`, 300, bytes("n"), wrong)).to.equal("invalid-utf8");
    expect(h.trap(`${P}response_wait_version_1`, Uint8Array.of(8, 1), NONE)).to.equal("invalid-argument");
    expect(h.trap(`${P}response_wait_version_1`, ids(1), Uint8Array.of(1, 2))).to.equal("invalid-argument");
  });

  it("does not let a service answer past a buffer", () => {
    class Liar extends Echo {
      override wait(): HttpStatus[] {
        return [200];
      }
      override readBody() {
        return 5;
      }
    }
    const h = harness(new Liar());
    expect(h.trap(`${P}response_wait_version_1`, ids(1, 2), NONE)).to.equal("offchain-fault");
    expect(h.trap(`${P}response_read_body_version_2`, 1, new Uint8Array(4), NONE)).to.equal("offchain-fault");
  });
});
