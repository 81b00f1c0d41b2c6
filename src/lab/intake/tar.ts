/** The tar format: POSIX ustar and pax, and GNU's long names (https://www.gnu.org/software/tar/manual/html_node/Standard.html). */

interface Entry {
  path: string;
  kind: 'file' | 'folder' | 'link' | 'device' | 'FIFO' | 'sparse file';
  /** Bytes of a file; 0 of anything else. */
  size: number;
  /** To be read, or not, before the next entry is asked for. */
  body: AsyncGenerator<Buffer>;
}

const BLOCK = 512;
/** Of a long name or a pax header. */
const LONGEST_NAME = 2 ** 16;
/** Headers that only describe the file of the next one. */
const MOST_METAS = 8;
/** What may follow the end: tar fills up a record. */
const MOST_AFTER = 2 ** 20;

const KINDS: Readonly<Record<string, Entry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'FIFO',
  S: 'sparse file',
};

/** What was found where a whole tar archive was expected. */
export class Damage extends Error {}

/** Takes bytes by count from a stream of chunks. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Up to `count` bytes as they come; none at the end. */
  async some(count: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return this.#rest;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async exactly(count: number, within: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0;) {
      const part = await this.some(left);
      if (part.length === 0) throw new Damage(`an end within ${within}`);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** Reads to the end, so that a damaged end is found. */
  async rest(most: number): Promise<void> {
    for (let left = most; left > 0;) {
      const part = await this.some(left);
      if (part.length === 0) return;
      left -= part.length;
    }
    throw new Damage(`more than ${most} bytes after its end`);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** Entries in the order of the archive. @throws Damage on anything that is not a whole tar archive */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
  const bytes = new Bytes(chunks);
  try {
    let about: Record<string, string> = {};
    for (let metas = 0; ;) {
      const block = await bytes.exactly(BLOCK, 'its headers');
      if (block.every((byte) => byte === 0)) return await bytes.rest(MOST_AFTER);
      const { path, type, size } = header(block);
      if (type === 'x' || type === 'L' || type === 'K' || type === 'g') {
        if (++metas > MOST_METAS) throw new Damage(`more than ${MOST_METAS} headers of one file`);
        const text = await meta(bytes, size, path);
        if (type === 'L') about = { ...about, path: text.replace(/\0.*$/s, '') };
        if (type === 'x') about = { ...about, ...paxRecords(text) };
        continue;
      }
      const entry = described(path, type, size, about);
      [about, metas] = [{}, 0];
      const body = bodyOf(bytes, entry.size, entry.path);
      yield { ...entry, body };
      for await (const _ of body);
      await bytes.exactly(padding(entry.size), entry.path);
    }
  } finally {
    await bytes.close();
  }
}

function described(path: string, type: string, size: number, about: Record<string, string>) {
  const sparse = Object.keys(about).some((key) => key.startsWith('GNU.sparse'));
  const kind = sparse ? 'sparse file' : KINDS[type];
  const named = about['path'] ?? path;
  if (kind === undefined) throw new Damage(`an entry of type ${type}: ${named}`);
  const stated = about['size'] === undefined ? size : Number(about['size']);
  if (!Number.isSafeInteger(stated) || stated < 0) throw new Damage(`${named} of size ${stated}`);
  return { path: named, kind, size: kind === 'file' || kind === 'sparse file' ? stated : 0 };
}

async function* bodyOf(bytes: Bytes, size: number, path: string): AsyncGenerator<Buffer> {
  for (let left = size; left > 0;) {
    const part = await bytes.some(left);
    if (part.length === 0) throw new Damage(`an end within ${path}`);
    left -= part.length;
    yield part;
  }
}

function header(block: Buffer): { path: string; type: string; size: number } {
  const text = (start: number, end: number): string =>
    block.toString('utf8', start, end).replace(/\0.*$/s, '');
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (sum !== Number.parseInt(text(148, 156), 8))
    throw new Damage('other bytes where a header belongs');
  const prefix = text(257, 262) === 'ustar' && block[263] === 0x30 ? text(345, 500) : '';
  const name = text(0, 100);
  const path = prefix === '' ? name : `${prefix}/${name}`;
  return { path, type: String.fromCharCode(block[156] ?? 0), size: sizeIn(block) };
}

/** Octal digits, or a big-endian number where the first bit is set. */
function sizeIn(block: Buffer): number {
  if (block[124] === 0x80) return Number(block.readBigUInt64BE(128));
  const digits = block
    .toString('latin1', 124, 136)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}

async function meta(bytes: Bytes, size: number, path: string): Promise<string> {
  if (!(size <= LONGEST_NAME)) throw new Damage(`a name of ${size} bytes`);
  const text = (await bytes.exactly(size, path)).toString('utf8');
  await bytes.exactly(padding(size), path);
  return text;
}

/** `<length> <key>=<value>\n`, the length in bytes and of all of it. */
function paxRecords(text: string): Record<string, string> {
  const records: [string, string][] = [];
  for (let rest = Buffer.from(text); rest.length > 0;) {
    const [, digits = '0'] = /^(\d{1,6}) /.exec(rest.toString('latin1', 0, 8)) ?? [];
    const length = Number(digits);
    const record = rest.toString('utf8', digits.length + 1, length - 1);
    const equals = record.indexOf('=');
    if (length < 5 || length > rest.length || equals < 0) throw new Damage('a broken pax header');
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    rest = rest.subarray(length);
  }
  return Object.fromEntries(records);
}
