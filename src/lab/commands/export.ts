import { join, resolve } from 'node:path';
import process from 'node:process';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { packCrate } from '../crate/crate.ts';
import { writeAtomic } from '../files.ts';
import { openWorkspace } from '../workspace.ts';

const NAME = 'crate.zip';

export const command: Command = {
  usage: `[--out FILE.zip] (left out: ${NAME}) writes the code of the commit and all results as an RO-Crate`,
  options: { out: { type: 'string' } },
  async run({ ids, values }) {
    if (ids.length > 0) throw new UsageError(`export: expected options only, got ${ids.join(' ')}`);
    const out = resolve(String(values['out'] ?? NAME));
    const { root } = openWorkspace(process.cwd());
    const bytes = await packCrate(root, join(root, 'public'));
    await writeAtomic(out, bytes);
    console.log(`${out}: ${(bytes.length / 1e6).toFixed(1)} MB`);
    return 0;
  },
};
