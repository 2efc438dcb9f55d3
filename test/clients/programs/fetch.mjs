// Node's own fetch: undici parses HTTP with llhttp, a C parser in Wasm that calls back into JavaScript at every header.
import { createServer } from "node:http";

export async function open() {
  const server = createServer((request, response) => {
    response.setHeader("x-path", request.url);
    for (let i = 0; i < 20; i++) response.setHeader(`x-header-${i}`, `value ${i}`);
    response.end(`${request.url} `.repeat(2000));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  const { port } = server.address();
  return async () => {
    const response = await fetch(`http://127.0.0.1:${port}/some/path`);
    const headers = [...response.headers].filter(([name]) => name.startsWith("x-"));
    return { status: response.status, headers, length: (await response.text()).length };
  };
}
