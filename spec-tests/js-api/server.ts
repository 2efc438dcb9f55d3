import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, normalize } from "node:path";

const TYPES: { readonly [extension: string]: string } = { wasm: "application/wasm", js: "text/javascript" };

/** What the test server would answer: a status, headers, a body. */
function answer(
  root: string,
  url: URL,
): { status: number; headers: [string, string][]; body: Buffer | string } {
  if (url.pathname.endsWith("/status.py")) {
    const status = Number(url.searchParams.get("status"));
    return { status, headers: [["content-type", "application/wasm"]], body: "" };
  }
  const path = join(root, normalize(decodeURIComponent(url.pathname)));
  if (!existsSync(path)) return { status: 404, headers: [], body: "" };
  const headers: [string, string][] = [];
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)];
  if (type !== undefined) headers.push(["content-type", type]);
  if (existsSync(`${path}.headers`)) {
    for (const line of readFileSync(`${path}.headers`, "utf8").trim().split("\n")) {
      const [name, value] = line.split(/:\s*/) as [string, string];
      headers.push([name.toLowerCase(), value.trim()]);
    }
  }
  const piped = /^header\(([^,]+),(.*)\)$/.exec(url.searchParams.get("pipe") ?? "");
  if (piped !== null) headers.push([piped[1]!.toLowerCase(), decodeURIComponent(piped[2]!)]);
  return { status: 200, headers, body: readFileSync(path) };
}

/** Serves the tests' files on this machine alone, as far as tests of responses ask for. */
export async function serve(root: string): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    const { status, headers, body } = answer(root, new URL(request.url!, "http://localhost"));
    if (status < 100) {
      // Node's server would not say such a thing.
      response.socket!.end(`HTTP/1.1 ${String(status).padStart(3, "0")} \r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    // The later of two headers of one name counts.
    response.writeHead(status, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  server.unref();
  const { port } = server.address() as { port: number };
  return { server, origin: `http://127.0.0.1:${port}` };
}
