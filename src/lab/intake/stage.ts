import { constants } from 'node:fs';
import { mkdir, open, opendir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskError } from '../files.ts';
import { decompressed } from './decompress.ts';
import { Budget, fail } from './limits.ts';
import type { Limits } from './limits.ts';
import { Damage, readTar } from './tar.ts';

/** What an import looks at, counted from the folder that holds a store; the rest of an archive is not unpacked. */
const WANTED = /^(?:lab\.lock[^/]*|\.lab\/(?:objects|checkpoints|lab\.lock[^/]*)|public)(?:\/|$)/;
/** A name on the way of a path: short, of characters that show. */
const NAME = /^(?!\.\.?$)[^\p{C}\\]{1,255}$/u;
const REPACK = 'pack it again, links followed (tar -h) and nothing else but files in it';

/** Where files go: each once, into a folder that was empty. */
class Stage {
  readonly #source: string;
  readonly #folder: string;
  readonly #taken = new Set<string>();

  constructor(source: string, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  async write(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.#taken.has(path))
      fail(`each file once in ${this.#source}`, `${path} twice`, 'pack it again');
    this.#taken.add(path);
    if (!path.split('/').every((name) => NAME.test(name)))
      fail(`names of at most 255 characters that show in ${this.#source}`, path, 'leave it out');
    const to = join(this.#folder, path);
    let file: FileHandle | undefined;
    try {
      await mkdir(dirname(to), { recursive: true });
      file = await open(to, 'wx');
    } catch (error) {
      throw diskError('write', to, error);
    }
    try {
      for await (const chunk of body)
        await file.writeFile(chunk).catch((error: unknown) => {
          throw diskError('write', to, error);
        });
    } finally {
      await file.close();
    }
  }

  get holdsStore(): boolean {
    return [...this.#taken].some((path) => path.startsWith('.lab/'));
  }
}

/**
 * Copies what an import looks at from a tar archive into `folder`, compressed or not, at its top or in one folder of
 * it. @throws Error, with some of it written, where the archive holds anything but regular files there, or too much
 */
export async function stageArchive(source: string, folder: string, limits: Limits): Promise<void> {
  const [stage, budget] = [new Stage(source, folder), new Budget(source, limits)];
  const file = await open(source).catch((error: unknown) => {
    throw diskError('read', source, error);
  });
  let root: string | undefined;
  try {
    for await (const { path, kind, size, body } of readTar(decompressed(file, source))) {
      budget.take(path, size);
      const { top, rest } = placeOf(path, source);
      const wanted = WANTED.test(rest);
      if (kind !== 'file' && kind !== 'folder' && (wanted || rest === '.lab'))
        fail(`regular files in ${source}`, `a ${kind}: ${path}`, REPACK);
      if (kind !== 'file' || !wanted) continue;
      root ??= top;
      if (root !== top)
        fail(
          `one set of results in ${source}`,
          `${root || '.'} and ${top || '.'}`,
          'import one at a time',
        );
      await stage.write(rest, body);
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    fail(`a whole tar archive in ${source}`, error.message, 'copy or pack it again');
  } finally {
    await file.close();
  }
  if (!stage.holdsStore) noStore(source);
}

/** A path as counted from the folder that holds a store, and that folder. */
function placeOf(path: string, source: string): { top: string; rest: string } {
  const names = path.split('/').filter((name, i) => name !== '' && (name !== '.' || i > 0));
  if (path.startsWith('/') || names.includes('..'))
    fail('paths inside the archive', path, `do not trust ${source}`);
  const [first = '', ...below] = names;
  const rest = names.join('/');
  const own = WANTED.test(rest) || first === '.lab' || below.length === 0;
  return own ? { top: '', rest } : { top: first, rest: below.join('/') };
}

/** As `stageArchive`, from a folder, or the one folder in it that holds a store. */
export async function stageFolder(source: string, folder: string, limits: Limits): Promise<void> {
  const [stage, budget] = [new Stage(source, folder), new Budget(source, limits)];
  const root = await storeIn(source);
  const visit = async (path: string): Promise<void> => {
    for await (const entry of await opendir(join(root, path))) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      const wanted = WANTED.test(below) || below === '.lab';
      if (!wanted) continue;
      if (entry.isDirectory()) await visit(below);
      else
        await copy(join(root, below), (size, body) => {
          budget.take(below, size);
          return stage.write(below, body);
        });
    }
  };
  await visit('');
  if (!stage.holdsStore) noStore(source);
}

/** Hands on a file's bytes; what is no regular file, or a link to one, is never opened for its content. */
async function copy(
  path: string,
  write: (size: number, body: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP')
      fail('regular files in the folder', `a link: ${path}`, REPACK);
    throw diskError('read', path, error);
  });
  try {
    const stat = await file.stat();
    const kind = stat.isFIFO() ? 'FIFO' : 'device';
    if (!stat.isFile()) fail('regular files in the folder', `a ${kind}: ${path}`, REPACK);
    const end = stat.size - 1;
    await write(stat.size, end < 0 ? empty() : file.createReadStream({ end, autoClose: false }));
  } finally {
    await file.close();
  }
}

async function* empty(): AsyncGenerator<Buffer> {}

async function storeIn(source: string): Promise<string> {
  const holds = async (folder: string): Promise<boolean> => {
    try {
      for await (const { name } of await opendir(folder)) if (name === '.lab') return true;
    } catch {
      return false;
    }
    return false;
  };
  if (await holds(source)) return source;
  for await (const entry of await opendir(source))
    if (entry.isDirectory() && (await holds(join(source, entry.name))))
      return join(source, entry.name);
  return noStore(source);
}

const noStore = (source: string): never =>
  fail(
    `a folder .lab in ${source}`,
    'none',
    'give the unpacked bundle, or an archive of its .lab, lab.lock and public',
  );
