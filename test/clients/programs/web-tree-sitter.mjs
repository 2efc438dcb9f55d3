// The parser of editors: its core and a grammar are two modules that share a memory and a table, linked by JavaScript.
import { createRequire } from "node:module";
import { Language, Parser, Query } from "web-tree-sitter";

const require = createRequire(import.meta.url);
const SOURCE = Array.from(
  { length: 60 },
  (_, i) => `export async function f${i}(a, { b = ${i} } = {}) {
  const re = /x${i}+/g; // größe
  for (const x of a) if (x > b) return \`\${x} \${await f${i}(x)}\`; else console.log("no", x?.y ?? null);
}
`,
).join("");

export async function open() {
  await Parser.init();
  const language = await Language.load(require.resolve("tree-sitter-javascript/tree-sitter-javascript.wasm"));
  const parser = new Parser();
  parser.setLanguage(language);
  const query = new Query(
    language,
    "(function_declaration name: (identifier) @name) (template_string) @text",
  );
  return () => {
    const tree = parser.parse(SOURCE);
    const captures = query.captures(tree.rootNode);
    const result = {
      nodes: tree.rootNode.descendantCount,
      error: tree.rootNode.hasError,
      first: tree.rootNode.child(0).toString(),
      captures: captures.length,
      some: captures.slice(0, 6).map(({ name, node }) => `${name} ${node.text} ${node.startIndex}`),
    };
    tree.delete();
    const broken = parser.parse("function (");
    result.broken = broken.rootNode.toString();
    broken.delete();
    return result;
  };
}
