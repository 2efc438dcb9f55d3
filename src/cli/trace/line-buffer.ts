import type { Output } from "../io.ts";

/** Characters held back: a write for each of a million lines would take longer than what they tell of. */
const CHUNK = 65_536;

/** Writes lines in larger pieces. */
export class LineBuffer {
  readonly #output: Output;
  #lines: string[] = [];
  #length = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  line(text: string): void {
    this.#lines.push(text, "\n");
    this.#length += text.length + 1;
    if (this.#length >= CHUNK) this.flush();
  }

  flush(): void {
    if (this.#length > 0) this.#output.write(this.#lines.join(""));
    this.#lines = [];
    this.#length = 0;
  }
}
