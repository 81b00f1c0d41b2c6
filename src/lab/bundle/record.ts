import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../hash.ts';
import { parseJson } from '../../artifacts/json.ts';

export const RECORD = 'bundle.json';

const record = z.strictObject({
  schema: z.literal(1),
  commit: z.string(),
  /** Files that differed from the commit when they were packed. */
  changed: z.array(z.string()),
  /** sha256 of each packed source file, by path from the root. */
  files: z.record(z.string(), z.string()),
  /** What each package was, of which the bundle holds only a part. */
  packages: z.record(z.string(), z.string()),
});
/** What a bundle knows of the repository it was packed from: there is no git on its host. */
export type BundleRecord = z.infer<typeof record>;

/** The record of the bundle that was unpacked at `root`; undefined where it is none. */
export function readRecord(root: string): BundleRecord | undefined {
  const path = join(root, RECORD);
  if (!existsSync(path)) return undefined;
  return parseJson(readFileSync(path, 'utf8'), record, {
    path,
    expected: 'the record of a bundle',
    remedy: 'unpack it again',
  });
}

/** As `describeCheckout`, for an unpacked bundle; undefined where `root` is none. */
export function describeBundle(
  root: string,
  files: readonly string[],
): { commit: string; dirty: boolean } | undefined {
  const found = readRecord(root);
  if (!found) return undefined;
  const { commit, changed, files: packed } = found;
  const hashOf = (name: string): string | undefined =>
    existsSync(join(root, name)) ? sha256(readFileSync(join(root, name))) : undefined;
  const differs = (name: string): boolean =>
    changed.includes(name) || hashOf(name) !== packed[name];
  return { commit, dirty: commit === '' || files.some(differs) };
}
