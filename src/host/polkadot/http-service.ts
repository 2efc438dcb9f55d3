/** Why an HTTP request, or a part of it, failed. The order is that of the codes. */
export const HTTP_ERRORS = ["deadline-reached", "io-error", "invalid"] as const;
export type HttpError = (typeof HTTP_ERRORS)[number];

/** How a request stands: the HTTP status code of its answer, 100 to 999, or why there is none. */
export type HttpStatus = number | HttpError;

/**
 * HTTP for offchain workers. The host supplies it, nothing of it is deterministic. Deadlines are Unix times in
 * milliseconds; undefined is to wait forever. Calls return when they are done: a service over an asynchronous
 * network has to do its waiting elsewhere.
 */
export interface HttpService {
  /** Begins a request ("GET", "POST", …) and returns its id, 0 to 65,535; undefined if it refuses. */
  start(method: string, uri: string, meta: Uint8Array): number | undefined;
  /** False if the request is unknown or was sent already. */
  addHeader(id: number, name: string, value: string): boolean;
  /** Appends to the body; an empty chunk ends it and sends the request. */
  writeBody(id: number, chunk: Uint8Array, deadline: bigint | undefined): HttpError | undefined;
  /** Waits for the answers to all requests, and says for each in its order how it stands. */
  wait(ids: readonly number[], deadline: bigint | undefined): readonly HttpStatus[];
  /** The answer's headers; none if there is no answer. */
  headers(id: number): readonly (readonly [name: Uint8Array, value: Uint8Array])[];
  /** Fills `buffer` from its beginning and returns how many bytes there were; 0 when there are no more. */
  readBody(id: number, buffer: Uint8Array, deadline: bigint | undefined): number | HttpError;
}
