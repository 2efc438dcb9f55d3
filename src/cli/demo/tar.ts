/** Bytes are not a readable tar archive. */
export class TarError extends Error {
  override readonly name = "TarError";
}

export interface TarEntry {
  readonly name: string;
  /** A view into the archive. */
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
/** Fields of a header block: offset and length in bytes (POSIX.1-1988 ustar). */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const PREFIX = [345, 155] as const;

/**
 * The plain files of an uncompressed archive, in order. Nothing is written anywhere, so names are only names.
 * Pax headers are passed over: paths beyond 255 bytes, which only they can carry, show up shortened.
 *
 * @throws TarError
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK);
    // Two zero blocks end an archive; one is enough to know.
    if (header.every((byte) => byte === 0)) return;
    if (checksumOf(header) !== octal(header, CHECKSUM, at)) {
      throw new TarError(`header checksum does not match (at byte ${at})`);
    }
    const size = octal(header, SIZE, at);
    const start = at + BLOCK;
    if (size > archive.length - start) throw new TarError(`file reaches beyond the archive (at byte ${at})`);
    const type = header[TYPE]!;
    if (type === 0 || type === 0x30) {
      const prefix = text(header, PREFIX);
      const name = text(header, NAME);
      yield {
        name: prefix === "" ? name : `${prefix}/${name}`,
        bytes: archive.subarray(start, start + size),
      };
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

type Field = readonly [offset: number, length: number];

function text(header: Uint8Array, [offset, length]: Field): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, field: Field, at: number): number {
  const digits = text(header, field).trim();
  if (!/^[0-7]{1,12}$/.test(digits)) throw new TarError(`"${digits}" is not an octal number (at byte ${at})`);
  return Number.parseInt(digits, 8);
}

/** The sum of the header's bytes, those of the checksum itself taken as spaces. */
function checksumOf(header: Uint8Array): number {
  const [offset, length] = CHECKSUM;
  return header.reduce((sum, byte, i) => sum + (i >= offset && i < offset + length ? 0x20 : byte), 0);
}
