/**
 * What LLVM or the linker hung on a symbol, as it is to be shown: `.llvm.123` (which module a private function came
 * from) says nothing and is left out. Undefined if `text` is no such suffix.
 */
export function suffixOf(text: string): string | undefined {
  if (!/^(?:[.$][\w.$@]*)?$/.test(text)) return undefined;
  return text.replace(/\.llvm\.[\dA-F]+(?=$|\.)/, "");
}
