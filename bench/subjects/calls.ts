/** `(module (import "env" "add") (func (export "add")) (func (export "loop")))`: functions that do little else than be called. */
export function loopOfCalls(): Uint8Array {
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
  const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b];
  const [I32, get, add, call] = [0x7f, 0x20, 0x6a, 0x10];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, 0x60, 2, I32, I32, 1, I32, 0x60, 1, I32, 1, I32),
    ...section(2, 1, ...text("env"), ...text("add"), 0, 0),
    ...section(3, 2, 0, 1),
    ...section(7, 2, ...text("add"), 0, 1, ...text("loop"), 0, 2),
    ...section(
      10,
      2,
      ...body(get, 0, get, 1, add),
      // Counts its argument down to 0, by calls: loop, add(n, -1), tee, br_if, end.
      ...body(0x03, 0x40, get, 0, 0x41, 0x7f, call, 0, 0x22, 0, 0x0d, 0, 0x0b, get, 0),
    ),
  ]);
}
