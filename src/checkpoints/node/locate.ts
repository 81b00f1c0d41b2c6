import { existsSync } from 'node:fs';
import { fault } from '../fault.ts';
import type { Source } from '../source.ts';
import { folderSource } from './folder.ts';
import { fetchCheckpoint } from './hub.ts';

/**
 * The checkpoint that a person names: a folder where there is one, otherwise `owner/name` or `owner/name@revision`
 * on the hub, downloaded unless it is in the cache.
 * @throws CheckpointError for a name that is neither
 */
export async function locateCheckpoint(
  name: string,
  onProgress?: (done: number, total: number) => void,
): Promise<Source> {
  if (existsSync(name)) return folderSource(name);
  const [, repository, revision] = /^([\w.-]+\/[\w.-]+)(?:@(.+))?$/.exec(name) ?? [];
  const isPath = /^([./~]|[a-z]:)/i.test(name);
  if (repository === undefined || isPath)
    return fault(name, 'a folder, owner/name or owner/name@revision', 'none', 'correct it');
  const { source } = await fetchCheckpoint(repository, {
    ...(revision !== undefined && { revision }),
    ...(onProgress && { onProgress }),
  });
  return source;
}
