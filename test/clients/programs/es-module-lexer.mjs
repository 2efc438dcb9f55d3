// The lexer of imports and exports that Vite and Node's tools use: hand-written C over one growing memory.
import { init, parse } from "es-module-lexer";

const SOURCE = Array.from(
  { length: 300 },
  (_, i) => `import a${i}, { b as c${i} } from "./module-${i}.js";
export const x${i} = a${i} ? \`\${c${i}}\` : /re[g]ex\\/${i}/; // comment
export { x${i} as "ünïcode ${i}" };
const later${i} = () => import(\`./late-\${x${i}}.js\`, { with: { type: "json" } });
export * as ns${i} from './other-${i}.js';
`,
).join("");

export async function open() {
  await init;
  return () => {
    const [imports, exports, facade, hasModuleSyntax] = parse(SOURCE);
    return {
      imports: imports.length,
      exports: exports.length,
      facade,
      hasModuleSyntax,
      some: [imports.slice(0, 4), imports.slice(-4), exports.slice(0, 4), exports.slice(-4)],
    };
  };
}
