import { join } from 'node:path';
import { readIfThere, remove, writeAtomic } from './files.ts';
import { sha256 } from './hash.ts';
import type { Workspace } from './workspace.ts';

/** Content-addressed objects: a file's name is the sha256 of its bytes. */
export interface Store {
  put(data: Uint8Array): Promise<string>;
  /** Bytes with exactly this hash, or undefined. A corrupt object is reported, removed, not used. */
  get(hash: string): Promise<Buffer | undefined>;
}

export const objectsPath = (workspace: Workspace): string => join(workspace.local, 'objects');

export const objectPath = (workspace: Workspace, hash: string): string =>
  join(objectsPath(workspace), hash.slice(0, 2), hash.slice(2));

export function openStore(workspace: Workspace, warn: (message: string) => void): Store {
  return {
    async put(data) {
      const hash = sha256(data);
      const path = objectPath(workspace, hash);
      const present = await readIfThere(path);
      if (!present || sha256(present) !== hash) await writeAtomic(path, data);
      return hash;
    },
    async get(hash) {
      const path = objectPath(workspace, hash);
      const data = await readIfThere(path);
      if (!data || sha256(data) === hash) return data;
      warn(`store: expected ${path} to hash to its name, got other bytes; removed, will be remade`);
      await remove(path);
      return undefined;
    },
  };
}
