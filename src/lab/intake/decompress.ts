import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { fail } from './limits.ts';

/** By the first bytes of a file, in hexadecimal. */
const FORMATS: readonly [string, (file: FileHandle) => AsyncIterable<Buffer>][] = [
  ['1f8b', (file) => inflated(contentOf(file), createGunzip())],
  ['28b52ffd', (file) => inflated(contentOf(file), createZstdDecompress())],
  ['fd377a585a', (file) => through('xz', ['-dc', '--memlimit-decompress=1GiB'], file)],
  ['425a68', (file) => through('bzip2', ['-dc'], file)],
];

/** A file's bytes, decompressed by what they say they are, as they come. @throws Error where they are cut short */
export async function* decompressed(file: FileHandle, source: string): AsyncGenerator<Buffer> {
  const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const start = buffer.toString('hex');
  const format = FORMATS.find(([magic]) => start.startsWith(magic));
  try {
    yield* format === undefined ? contentOf(file) : format[1](file);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    fail(`a whole archive in ${source}`, said, 'copy it again');
  }
}

const contentOf = (file: FileHandle): Readable =>
  file.createReadStream({ autoClose: false, start: 0 });

/** A failure of the file is one of what is read from it. */
const inflated = (from: Readable, by: Transform): Readable => pipeline(from, by, () => {});

/** The output of a program that reads the file. */
async function* through(program: string, args: string[], file: FileHandle): AsyncGenerator<Buffer> {
  const child = spawn(program, args, { stdio: [file.fd, 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let said = '';
  child.stderr?.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(0, 1000)));
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code] = await ended;
    if (code !== 0) throw new Error(said.split('\n')[0] ?? `${program} ended with ${code}`);
  } finally {
    child.kill();
    await ended.catch(() => {});
  }
}
