import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { seconds } from '../artifacts/artifact.ts';
import { usesOf } from './experiment.ts';
import type { Node } from './experiment.ts';
import { readIfThere, remove, writeAtomic } from './files.ts';
import { sha256 } from './hash.ts';
import type { Saved } from './portable/context.ts';
import type { Workspace } from './workspace.ts';

const header = z.strictObject({
  /** Of the times and the bytes. */
  sha256: z.string(),
  /** Wall time of the parts before this one, up to the checkpoint; what is added must still be a node's. */
  seconds: seconds.max(3.2e9),
  startedAt: z.iso.datetime(),
});
/** Seconds to wait before each further try of a save that failed. */
const PAUSES = [1, 4];

/** The one resumable state of a node under way, filed under the node's key. */
interface CheckpointFile {
  /** A corrupt one, or one that its node cannot go on from, is reported and not used. */
  load(node?: Node): Promise<Saved | undefined>;
  /** Tries again where the disk refuses, and reports that. @throws Error once it has given up; the one before stays */
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
    async load(node) {
      const file = await readIfThere(path);
      if (!file) return undefined;
      const saved = parse(file);
      const fault = saved ? node && faultOfState(node, saved.bytes) : 'other bytes';
      if (fault === undefined) return saved;
      const expected = saved ? 'hold a state of its node' : 'match its hash';
      warn(`checkpoint: expected ${path} to ${expected}, got ${fault}; starting over`);
      return undefined;
    },
    async save(saved) {
      const file = serialised(saved);
      for (const pause of PAUSES) {
        const failure = await writeAtomic(path, file).catch(messageOf);
        if (failure === undefined) return;
        warn(`checkpoint: not saved, ${failure}; trying again in ${pause} s`);
        await sleep(1000 * pause);
      }
      await writeAtomic(path, file);
    },
    remove: () => remove(path),
  };
}

/** Why a node cannot go on from these bytes; undefined where it can, or cannot tell. */
export function faultOfState(node: Node, bytes: Uint8Array): string | undefined {
  try {
    node.checkState?.({ parameters: node.parameters, uses: usesOf(node) }, bytes);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const hashOf = ({ bytes, seconds, startedAt }: Saved): string =>
  sha256(Buffer.concat([Buffer.from(`${seconds} ${startedAt}\n`), bytes]));

function serialised(saved: Saved): Buffer {
  const { bytes, ...times } = saved;
  const line = header.parse({ sha256: hashOf(saved), ...times });
  return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), bytes]);
}

function parse(file: Buffer): Saved | undefined {
  const end = file.indexOf('\n');
  try {
    const { sha256: hash, ...times } = header.parse(JSON.parse(file.toString('utf8', 0, end)));
    const saved = { bytes: file.subarray(end + 1), ...times };
    return hashOf(saved) === hash ? saved : undefined;
  } catch {
    return undefined;
  }
}
