import type { Saved } from '../lab/portable/context.ts';
import { digest } from '../lab/portable/digest.ts';
import type { Job } from './messages.ts';
import type { Kept } from './run-nodes.ts';

type Whose = Pick<Job, 'experiment' | 'preset' | 'steps'>;

/** Of these nodes with these parameters. */
const folderOf = async ({ experiment, preset, steps }: Whose): Promise<string> => {
  const what = new TextEncoder().encode(JSON.stringify([experiment, preset, steps]));
  return `rerun-${(await digest(what)).slice(0, 16)}`;
};

/** Whether there is something to go on from. */
export async function isKept(job: Whose): Promise<boolean> {
  try {
    const all = await navigator.storage.getDirectory();
    await all.getDirectoryHandle(await folderOf(job));
    return true;
  } catch {
    return false;
  }
}

/** Lets go of what was kept of a run. */
export async function forget(job: Whose): Promise<void> {
  try {
    const all = await navigator.storage.getDirectory();
    await all.removeEntry(await folderOf(job), { recursive: true });
  } catch {
    // Nothing was kept.
  }
}

const headOf = async ({ bytes, seconds, startedAt }: Saved): Promise<string> => {
  const hash = await digest(bytes);
  return JSON.stringify({ hash, seconds, startedAt });
};

/** A line of JSON (hash and times), then the bytes. */
async function parse(file: Uint8Array<ArrayBuffer>): Promise<Saved | undefined> {
  const end = file.indexOf(10);
  const head = new TextDecoder().decode(file.subarray(0, Math.max(end, 0)));
  try {
    const { seconds, startedAt } = JSON.parse(head) as Saved;
    const saved = { bytes: file.slice(end + 1), seconds, startedAt };
    return (await headOf(saved)) === head ? saved : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Resumable states of nodes in the private file system of the site, so that they outlive the page. Where a browser
 * keeps nothing, such as in a private window, they last as long as the worker.
 */
export class Checkpoints {
  readonly #here = new Map<string, Saved>();
  readonly #name: Promise<string>;

  constructor(job: Whose) {
    this.#name = folderOf(job);
    // Where files cannot be checked, reading one says so.
    this.#name.catch(() => {});
  }

  of(name: string): Kept {
    return {
      load: async () => this.#here.get(name) ?? (await this.#read(name)),
      save: async (saved) => {
        this.#here.set(name, saved);
        await this.#write(name, saved).catch(() => {});
      },
    };
  }

  async #folder(create: boolean): Promise<FileSystemDirectoryHandle> {
    const all = await navigator.storage.getDirectory();
    return all.getDirectoryHandle(await this.#name, { create });
  }

  async #read(name: string): Promise<Saved | undefined> {
    try {
      const file = await (await (await this.#folder(false)).getFileHandle(name)).getFile();
      return await parse(new Uint8Array(await file.arrayBuffer()));
    } catch {
      return undefined;
    }
  }

  /** What was there before stays until all of it is written. */
  async #write(name: string, saved: Saved): Promise<void> {
    const handle = await (await this.#folder(true)).getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    await writable.write(`${await headOf(saved)}\n`);
    await writable.write(saved.bytes as Uint8Array<ArrayBuffer>);
    await writable.close();
  }
}
