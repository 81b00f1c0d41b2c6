import { join, resolve } from 'node:path';
import { paperFolder } from '../../artifacts/folder.ts';
import { optionsOnly } from '../command.ts';
import type { Command } from '../command.ts';
import { packCrate } from '../crate/crate.ts';
import { writeAtomic } from '../files.ts';
import { openWorkspace } from '../workspace.ts';

const NAME = 'crate.zip';

export const command: Command = {
  usage: '[--out FILE.zip]',
  notes: `Packs the code of the commit and all committed results; without --out into ${NAME}.`,
  options: { out: { type: 'string' } },
  async run(invocation) {
    optionsOnly(invocation);
    const out = resolve(String(invocation.values['out'] ?? NAME));
    const { root } = openWorkspace(paperFolder());
    const bytes = await packCrate(root, {
      content: join(root, 'content'),
      publicFolder: join(root, 'public'),
    });
    await writeAtomic(out, bytes);
    console.log(`${out}: ${(bytes.length / 1e6).toFixed(1)} MB`);
    return 0;
  },
};
