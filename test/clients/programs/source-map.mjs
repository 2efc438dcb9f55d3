// Mozilla's source map library: a mapping of some thousand lines is decoded and queried in Wasm.
import { SourceMapConsumer, SourceMapGenerator } from "source-map";

const generator = new SourceMapGenerator({ file: "out.js" });
for (let line = 1; line <= 2000; line++) {
  for (let column = 0; column < 30; column += 3) {
    generator.addMapping({
      generated: { line, column },
      original: { line: 1 + ((line * 7 + column) % 500), column: column * 2 },
      source: `in${line % 9}.js`,
      name: `n${(line + column) % 40}`,
    });
  }
}
const map = generator.toString();

export async function open() {
  return () =>
    SourceMapConsumer.with(map, null, (consumer) => ({
      original: [1, 100, 999, 2000].map((line) => consumer.originalPositionFor({ line, column: 10 })),
      generated: consumer.generatedPositionFor({ source: "in3.js", line: 23, column: 6 }),
      all: consumer.allGeneratedPositionsFor({ source: "in3.js", line: 23, column: 6 }).length,
      content: consumer.hasContentsOfAllSources(),
    }));
}
