import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../src/checkpoints/source.ts';
import type { Tensor } from '../../src/checkpoints/tensor.ts';

export const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'checkpoints');

/** What is given to this project beside its repository, not in it. */
const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared');

/** A folder of it, or undefined with a printed reason. */
export function shared(...path: string[]): string | undefined {
  const folder = join(SHARED, ...path);
  if (existsSync(folder)) return folder;
  process.stderr.write(
    `skipped: there is no ${path.join('/')} in a folder shared beside this one\n`,
  );
  return undefined;
}

export const fixture = (...path: string[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(FIXTURES, ...path)));

/** Files in memory, and what was asked of them. */
export class MemorySource implements Source {
  readonly where = 'memory';
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly reads: { path: string; start: number; end: number }[] = [];

  constructor(files: Readonly<Record<string, Uint8Array | string>>) {
    this.files = files;
  }

  #bytes(path: string): Uint8Array | undefined {
    const content = this.files[path];
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  }

  size = (path: string): Promise<number | undefined> => Promise.resolve(this.#bytes(path)?.length);

  read = (path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    this.reads.push({ path, start, end });
    return Promise.resolve(new Uint8Array(this.#bytes(path)?.slice(start, end) ?? []));
  };
}

/** A safetensors file with the given header, and data of that many bytes: 0, 1, 2, … */
export function safetensorsOf(
  header: object | string,
  dataLength: number,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(
    Uint8Array.from({ length: dataLength }, (_, i) => i),
    8 + text.length,
  );
  return bytes;
}

/** Names, formats, shapes and bytes, for comparisons. */
export const plain = (tensors: ReadonlyMap<string, Tensor>): Record<string, unknown> =>
  Object.fromEntries(
    [...tensors].map(([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape: shape.join(), bytes: Buffer.from(bytes).toString('base64') },
    ]),
  );
