import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { PinnedCheckpoint } from '../checkpoints/pinned.ts';
import { writeAtomic } from './files.ts';
import { prettyJson, toJson } from './hash.ts';

const fileHash = z.strictObject({
  algorithm: z.enum(['sha256', 'git-sha1']),
  hex: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
});

/** The language models of an experiment: what the hub had under a commit when each was declared. */
const declaredModels = z.array(
  z.strictObject({
    repository: z.string(),
    revision: z.string().regex(/^[0-9a-f]{40}$/),
    files: z.record(z.string(), fileHash),
  }),
);

/** @throws Error naming a file that does not hold declared models */
export function readModels(path: string): PinnedCheckpoint[] {
  try {
    return declaredModels.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${path}: expected declared models, got\n${what}\nrestore it from git`, {
      cause: error,
    });
  }
}

/**
 * Declares models that are not declared yet, at the commit that their branch is at now.
 * @param path of the file that lists them
 * @param names owner/name, or owner/name@revision, which replaces what was declared of that name
 * @returns those that were added
 * @throws CheckpointError where the hub has no such checkpoint, or cannot be reached
 */
export async function declareModels(
  path: string,
  names: readonly string[],
): Promise<PinnedCheckpoint[]> {
  const { listCheckpoint } = await import('../checkpoints/node/hub.ts');
  const before = readModels(path);
  const added: PinnedCheckpoint[] = [];
  for (const name of names) {
    const [repository = '', revision] = name.split('@');
    const known = before.find((model) => model.repository === repository);
    if (known && (revision === undefined || revision === known.revision)) continue;
    const { commit, files } = await listCheckpoint(repository, revision ? { revision } : {});
    const hashes = files.map(({ path: file, hash }) => [file, hash] as const);
    added.push({ repository, revision: commit, files: Object.fromEntries(hashes) });
  }
  if (added.length === 0) return added;
  const replaced = new Set(added.map(({ repository }) => repository));
  const kept = before.filter(({ repository }) => !replaced.has(repository));
  const models = [...kept, ...added].toSorted((a, b) => (a.repository < b.repository ? -1 : 1));
  await writeAtomic(path, `${prettyJson(toJson(models))}\n`);
  return added;
}
