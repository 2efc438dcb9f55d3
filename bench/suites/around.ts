import type { Entry } from "../../src/host/polkadot/index.ts";
import type { Findings, Table } from "../result.ts";
import { generatedEntries } from "../subjects/entries.ts";
import { generatedHeapUse, heapUseOfBlock } from "../subjects/heap-use.ts";
import { POLKADOT_BLOCK_NEEDS, polkadotBlock } from "../subjects/polkadot-block.ts";
import { RUNTIMES_NEED, runtimes } from "../subjects/runtimes.ts";
import { allocatorTable } from "./around/allocator.ts";
import { hashingTable } from "./around/hashing.ts";
import { overlayTable } from "./around/overlay.ts";
import { scaleTable } from "./around/scale.ts";
import { trieTable } from "./around/trie.ts";
import { zstdTable } from "./around/zstd.ts";
import type { Suite } from "./suite.ts";

const GENERATED = 10_000;

/** What verifying a block takes beside executing Wasm. What results the sides must give is compared before. */
export const around: Suite = {
  name: "around",
  summary: "what a block takes beside Wasm: hashes, trie, overlay, heap, zstd, SCALE",
  async run(): Promise<Findings> {
    const skipped: string[] = [];
    const subject = await polkadotBlock();
    if (subject === undefined) skipped.push(`Polkadot's genesis and block 1: need ${POLKADOT_BLOCK_NEEDS}`);
    const entries: readonly Entry[] = subject?.storage.top ?? generatedEntries(GENERATED);
    const count = entries.length.toLocaleString("en");
    const what =
      subject === undefined ? `${count} generated entries` : `Polkadot's genesis, ${count} entries`;
    const uses = [generatedHeapUse(2000)];
    // This verifies the block, and with it the state's root.
    if (subject !== undefined) uses.unshift(heapUseOfBlock(subject));
    const tables: Table[] = [
      await hashingTable(),
      await trieTable(entries, what),
      await overlayTable(entries, what),
      await allocatorTable(uses),
      await scaleTable(),
    ];
    const compressed = runtimes().filter(({ file }) => file.endsWith(".compressed.wasm"));
    if (compressed.length === 0) skipped.push(`decompression: needs ${RUNTIMES_NEED}`);
    else tables.push(await zstdTable(compressed));
    return { tables, skipped };
  },
};
