import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writeAtomic } from './files.ts';
import { sha256 } from './hash.ts';
import type { Workspace } from './workspace.ts';

const header = z.strictObject({
  sha256: z.string(),
  /** Wall time of the parts before this one, up to the checkpoint. */
  seconds: z.number(),
  startedAt: z.string(),
});

interface Saved {
  bytes: Uint8Array;
  seconds: number;
  startedAt: string;
}

/** The one resumable state of a node under way, filed under the node's key. */
interface CheckpointFile {
  load(): Promise<Saved | undefined>;
  save(saved: Saved): Promise<void>;
  remove(): Promise<void>;
}

export const checkpointsPath = (workspace: Workspace): string =>
  join(workspace.local, 'checkpoints');

/** A file of one JSON line (hash and times) followed by the node's bytes. */
export function openCheckpoint(
  workspace: Workspace,
  key: string,
  warn: (message: string) => void,
): CheckpointFile {
  const path = join(checkpointsPath(workspace), key);
  return {
    async load() {
      const file = await readIfThere(path);
      if (!file) return undefined;
      const saved = parse(file);
      if (!saved)
        warn(`checkpoint: expected ${path} to match its hash, got other bytes; starting over`);
      return saved;
    },
    async save({ bytes, seconds, startedAt }) {
      const line = JSON.stringify({ sha256: sha256(bytes), seconds, startedAt });
      await writeAtomic(path, Buffer.concat([Buffer.from(`${line}\n`), bytes]));
    },
    remove: () => rm(path, { force: true }),
  };
}

function parse(file: Buffer): Saved | undefined {
  const end = file.indexOf('\n');
  try {
    const { sha256: hash, ...times } = header.parse(JSON.parse(file.toString('utf8', 0, end)));
    const bytes = file.subarray(end + 1);
    return sha256(bytes) === hash ? { bytes, ...times } : undefined;
  } catch {
    return undefined;
  }
}
