import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { ifMissing } from './cache.ts';

/**
 * The part of a file that is downloaded so far. Its name says who is at it: renaming it is how a
 * process takes it over, so that no two write to one.
 */
export interface Claim {
  readonly path: string;
  /** Leaves the part to whoever comes next. */
  release(): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly size: number;
  readonly taken: boolean;
}

const BEAT = 5_000;
/** A process that was killed or stopped has not touched its part for so long. */
const DEAD = 60_000;
const POLL = 200;

/**
 * Takes what another process left of a file, or starts it; waits while another is at it.
 * @returns undefined where the file has come to be meanwhile
 */
export async function claim(target: string, onWait?: () => void): Promise<Claim | undefined> {
  for (;;) {
    if (await stat(target).catch(ifMissing(undefined))) return undefined;
    const parts = await partsOf(target);
    if (!parts.some(({ taken }) => taken)) {
      const own = join(dirname(target), nameOfOwn(target));
      const largest = parts.toSorted((a, b) => b.size - a.size)[0];
      if (await take(target, largest, own)) {
        if (await goesOn(target, own)) return kept(target, own);
        await putBack(target, own);
      }
    } else {
      onWait?.();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL * (1 + Math.random())));
  }
}

const LEFT = 'left';
const partName = (target: string, owner: string): string => `.${basename(target)}~${owner}~part`;
const nameOfOwn = (target: string): string =>
  partName(target, [String(Date.now()), hostname(), process.pid, randomUUID()].join('~'));

async function partsOf(target: string): Promise<Part[]> {
  const names = await readdir(dirname(target));
  const own = names.filter(
    (name) => name.startsWith(`.${basename(target)}~`) && name.endsWith('~part'),
  );
  const parts = await Promise.all(
    own.map(async (name): Promise<Part[]> => {
      const found = await stat(join(dirname(target), name)).catch(ifMissing(undefined));
      return found ? [{ name, size: found.size, taken: isTaken(name, found.mtimeMs) }] : [];
    }),
  );
  return parts.flat();
}

function isTaken(name: string, touched: number): boolean {
  const [, when, host, pid] = name.split('~');
  if (when === LEFT || Date.now() - touched > DEAD) return false;
  return host !== hostname() || isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Of all that start at once, the first by name goes on; not from less than there is, as where a folder was listed while
 * its part was renamed.
 */
async function goesOn(target: string, own: string): Promise<boolean> {
  const parts = await partsOf(target);
  const [first] = parts.filter(({ taken }) => taken).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isMore = ({ taken, size }: Part): boolean => !taken && size > (first?.size ?? 0);
  return first?.name === basename(own) && !parts.some(isMore);
}

async function take(target: string, left: Part | undefined, own: string): Promise<boolean> {
  if (left) {
    const took = await rename(join(dirname(target), left.name), own).then(
      () => true,
      ifMissing(false),
    );
    if (took) await utimes(own, new Date(), new Date());
    return took;
  }
  await (await open(own, 'wx')).close();
  return true;
}

async function putBack(target: string, own: string): Promise<void> {
  const left = join(dirname(target), partName(target, `${LEFT}~${randomUUID()}`));
  const { size } = (await stat(own).catch(ifMissing(undefined))) ?? { size: 0 };
  await (size === 0 ? rm(own, { force: true }) : rename(own, left).catch(ifMissing(undefined)));
}

/** Parts that nobody is at, of a file that is whole. */
async function discard(target: string): Promise<void> {
  const left = (await partsOf(target)).filter(({ taken }) => !taken);
  await Promise.all(left.map(({ name }) => rm(join(dirname(target), name), { force: true })));
}

function kept(target: string, path: string): Claim {
  const touch = (): void => {
    utimes(path, new Date(), new Date()).catch(() => {});
  };
  const timer = setInterval(touch, BEAT).unref();
  const release = async (): Promise<void> => {
    clearInterval(timer);
    await putBack(target, path);
    if (await stat(target).catch(ifMissing(undefined))) await discard(target);
  };
  return { path, release };
}
