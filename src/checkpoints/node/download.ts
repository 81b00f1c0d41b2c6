import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { fault } from '../fault.ts';
import { contentRange } from '../http.ts';
import { type Client, request, shownAddress } from '../request.ts';
import { insist, Passing } from '../retry.ts';
import { ifMissing, type ListedFile } from './cache.ts';
import { claim } from './claim.ts';

/** Called with the bytes of the file that are there. */
type OnProgress = (bytes: number) => void;

/**
 * Brings one file to its place, from where an earlier attempt stopped. It appears there whole and
 * checked, or not at all; another process at the same file is waited for.
 */
export async function download(
  client: Client,
  address: string,
  file: ListedFile,
  target: string,
  onProgress: OnProgress,
  onWait?: () => void,
): Promise<void> {
  await removeDamaged(target, file);
  const part = await claim(target, onWait);
  if (!part) return onProgress(file.size);
  try {
    const resumed = await fill(client, address, file, part.path, onProgress);
    let isRight = await hasHash(part.path, file);
    if (!isRight && resumed) {
      // What an earlier attempt left may have been wrong.
      await empty(part.path);
      await fill(client, address, file, part.path, onProgress);
      isRight = await hasHash(part.path, file);
    }
    if (!isRight) await refuseContent(address, file, part.path);
    await rename(part.path, target);
  } finally {
    await part.release();
  }
}

/** A file of another length than it had when it was checked. */
async function removeDamaged(target: string, { size }: ListedFile): Promise<void> {
  const found = await stat(target).catch(ifMissing(undefined));
  if (found && found.size !== size) await rm(target, { force: true });
}

async function refuseContent(address: string, { hash }: ListedFile, path: string): Promise<never> {
  await empty(path);
  const remedy = 'try again; if it stays so, tell the owner of the repository';
  const expected = `content of ${hash.algorithm} ${hash.hex}`;
  return fault(shownAddress(address), expected, 'other content', remedy);
}

async function empty(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(0);
  } finally {
    await handle.close();
  }
}

/** @returns whether there was something to go on from */
async function fill(
  client: Client,
  address: string,
  { size }: ListedFile,
  path: string,
  onProgress: OnProgress,
): Promise<boolean> {
  const handle = await open(path, 'r+');
  try {
    const start = (await handle.stat()).size;
    let done = start <= size ? start : 0;
    await handle.truncate(done);
    onProgress(done);
    const advance = async (piece: Uint8Array, onward: () => void): Promise<void> => {
      if (done + piece.length > size)
        fault(shownAddress(address), `${size} bytes`, 'more', 'ask for its listing again');
      await write(handle, piece, done);
      done += piece.length;
      onProgress(done);
      onward();
    };
    await insist(client.patience, async (onward) => {
      if (done === size) return;
      const from = await startAt(client, address, done, size);
      if (from.start !== done) await handle.truncate((done = 0));
      await from.read((piece) => advance(piece, onward));
      if (done < size)
        throw new Passing(
          `${shownAddress(address)}: expected ${size} bytes, got ${done}; try again`,
        );
    });
    await handle.sync();
    return start > 0;
  } finally {
    await handle.close();
  }
}

interface Stream {
  start: number;
  read: Awaited<ReturnType<typeof request>>['read'];
}

/** The file from there on, or, from a server that knows no ranges, from its start. */
async function startAt(
  client: Client,
  address: string,
  done: number,
  size: number,
): Promise<Stream> {
  // Packed on the way, a part would be of other bytes than the file's.
  const headers = new Headers({ 'accept-encoding': 'identity' });
  if (done > 0) headers.set('range', `bytes=${done}-`);
  const { response, read } = await request(client, address, { headers });
  const { start = 0, total } = contentRange(response);
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  if (start !== 0 && start !== done)
    fault(shownAddress(address), `bytes from ${done}`, `from ${start}`, 'try again later');
  const announced = total ?? (response.headers.has('content-encoding') ? Number.NaN : length);
  if (Number.isFinite(announced) && announced !== size) {
    await response.body?.cancel();
    fault(shownAddress(address), `${size} bytes, as listed`, `${announced}`, 'try again later');
  }
  return { start, read };
}

async function write(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** Whether a file has the content that is listed. */
export async function hasHash(
  path: string,
  { size, hash }: Pick<ListedFile, 'size' | 'hash'>,
): Promise<boolean> {
  const sum = createHash(hash.algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (hash.algorithm === 'git-sha1') sum.update(`blob ${size}\0`);
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }))
    sum.update(piece as Uint8Array);
  return sum.digest('hex') === hash.hex;
}
