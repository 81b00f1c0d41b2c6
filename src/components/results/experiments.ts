import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { paperFolder } from '../../artifacts/folder.ts';

/** Ids of the paper's experiments: the files in `experiments/` that declare one. Nothing is run for it. */
export function experimentIds(): string[] {
  const folder = join(paperFolder(), 'experiments');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .filter((name) =>
      readFileSync(join(folder, name), 'utf8').includes('export const experiment = '),
    )
    .map((name) => basename(name, '.ts'))
    .toSorted();
}
