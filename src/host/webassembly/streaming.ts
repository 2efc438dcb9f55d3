/** The parts of a `Response` of the Fetch standard that the Wasm Web API looks at. */
interface ResponseLike {
  readonly headers: { get(name: string): string | null };
  readonly ok: boolean;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * The bytes of a response, awaited whole: "process a potential WebAssembly response" (Wasm Web API).
 * @throws TypeError (rejecting) for what is no response, no success, or of another media type
 */
export async function responseBytes(source: unknown, what: string): Promise<Uint8Array> {
  const response = await source;
  const { Response } = globalThis as { Response?: new () => ResponseLike };
  if (Response === undefined || !(response instanceof Response)) {
    throw new TypeError(`${what}: argument 0 must be a Response, or a promise of one`);
  }
  const type = response.headers.get("content-type");
  // The essence alone: parameters are not allowed, not even empty ones.
  if (type?.trim().toLowerCase() !== "application/wasm") {
    throw new TypeError(`${what}: the response's media type is ${type ?? "missing"}, not application/wasm`);
  }
  if (!response.ok) throw new TypeError(`${what}: the response is no success`);
  if (response.type === "opaque") throw new TypeError(`${what}: the response is opaque`);
  return new Uint8Array(await response.arrayBuffer());
}
