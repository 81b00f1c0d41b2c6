import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { readProofs, writeProofs } from '../implementation.ts';

export const command: Command = {
  usage: '<implementation> --why TEXT',
  notes:
    'For an implementation of operations that turned out to be wrong: every result that it made is stale from now\n' +
    'on. lab explain names the implementation of a result, src/kernels/proven.json all that are known.',
  options: { why: { type: 'string' } },
  async run({ ids, values }) {
    const [asked] = ids;
    const why = values['why'];
    if (asked === undefined || ids.length > 1)
      throw new UsageError(`expected one implementation, got ${ids.length}`);
    if (typeof why !== 'string' || why.trim() === '')
      throw new UsageError('--why: expected what is wrong with it, got nothing');
    const proofs = await readProofs();
    const found = proofs.filter(({ implementation }) => implementation.startsWith(asked));
    if (found.length !== 1) {
      const known = proofs.map(({ implementation, backend }) => `${implementation} (${backend})`);
      throw new UsageError(
        `expected one known implementation, got ${asked}, which names ${found.length}; there are: ${known.join(', ')}`,
      );
    }
    await writeProofs(
      proofs.map((proof) => (proof === found[0] ? { ...proof, revoked: why } : proof)),
    );
    console.log(`revoked ${found[0]!.implementation}; lab status names what is stale by it`);
    return 0;
  },
};
