import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { crc32 } from '../../src/checkpoints/crc32.ts';
import { openPyTorch } from '../../src/checkpoints/pytorch.ts';
import { openFile, type Source } from '../../src/checkpoints/source.ts';
import { readTensors } from '../../src/checkpoints/tensors.ts';
import { fixture, plain } from './memory.ts';

/** A file of zeros but for some pieces. */
class SparseFile {
  size = 0;
  readonly pieces: { at: number; bytes: Uint8Array }[] = [];

  put(bytes: Uint8Array): void {
    this.pieces.push({ at: this.size, bytes });
    this.size += bytes.length;
  }

  read(start: number, end: number): Uint8Array<ArrayBuffer> {
    const read = new Uint8Array(end - start);
    for (const { at, bytes } of this.pieces) {
      const [from, to] = [Math.max(start, at), Math.min(end, at + bytes.length)];
      if (from < to) read.set(bytes.subarray(from - at, to - at), from - start);
    }
    return read;
  }

  source = (): Source => ({
    where: 'sparse',
    size: () => Promise.resolve(this.size),
    read: (_, start, end) => Promise.resolve(this.read(start, end)),
  });
}

/** Fields of 2, 4 or 8 bytes, little-endian. */
function fields(...pairs: [number, number][]): Uint8Array {
  const bytes = Buffer.alloc(pairs.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

const FULL = 0xffffffff;

/** An archive whose first entry is 5 GB of zeros: all others are at places of more than 32 bits. */
function longArchive(entries: Readonly<Record<string, Uint8Array>>): SparseFile {
  const file = new SparseFile();
  const directory: Uint8Array[] = [];
  const add = (name: string, size: number, content?: Uint8Array): void => {
    const [at, text] = [file.size, Buffer.from(name)];
    const crc = content ? crc32(content) : 0;
    file.put(fields([4, 0x04034b50], [2, 45], [8, 0], [4, crc], [8, 0], [2, text.length], [2, 0]));
    file.put(text);
    if (content) file.put(content);
    else file.size += size;
    const extra = fields([2, 1], [2, 24], [8, size], [8, size], [8, at]);
    directory.push(
      fields([4, 0x02014b50], [4, 45], [8, 0], [4, crc], [4, FULL], [4, FULL], [2, text.length]),
      fields([2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, FULL]),
      text,
      extra,
    );
  };
  add('padding', 5e9);
  for (const [name, content] of Object.entries(entries)) add(name, content.length, content);
  const start = file.size;
  directory.forEach((bytes) => file.put(bytes));
  const count = Object.keys(entries).length + 1;
  const end = file.size;
  file.put(fields([4, 0x06064b50], [8, 44], [4, 45], [8, 0], [8, count], [8, count]));
  file.put(fields([8, end - start], [8, start]));
  file.put(fields([4, 0x07064b50], [4, 0], [8, end], [4, 1]));
  file.put(fields([4, 0x06054b50], [4, 0], [2, 0xffff], [2, 0xffff], [4, FULL], [4, FULL], [2, 0]));
  return file;
}

it('reads tensors beyond four gigabytes of an archive', async () => {
  const bytes = fixture('pytorch', 'parameters.bin');
  const small = new SparseFile();
  small.put(bytes);
  const expected = await readTensors(await openPyTorch(await openFile(small.source(), 'w')));
  const long = longArchive(unzipSync(bytes)).source();
  const tensors = await readTensors(await openPyTorch(await openFile(long, 'w')));
  expect(plain(tensors)).toEqual(plain(expected));
  expect([...tensors.keys()]).toEqual(['weight', 'buffer']);
});

it('refuses one whose 64-bit fields are missing', async () => {
  const file = longArchive(unzipSync(fixture('pytorch', 'parameters.bin')));
  for (const { bytes } of file.pieces) if (bytes[0] === 1 && bytes.length === 28) bytes[0] = 2;
  await expect(openFile(file.source(), 'w').then(openPyTorch)).rejects.toThrow(
    /sparse\/w: expected "padding" stored|an overlap/,
  );
});
