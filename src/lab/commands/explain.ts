import { evidenceInWords } from '../../artifacts/evidence.ts';
import { PRESETS, UsageError, presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { duration } from '../display.ts';
import { keyOf } from '../lock.ts';
import type { PlannedNode } from '../plan.ts';
import { stateOf } from '../publish.ts';
import { openSession } from '../session.ts';

export const command: Command = {
  usage: `<experiment[/node]> [--preset ${PRESETS}]`,
  notes: 'For an experiment it explains each of its nodes.',
  options: { preset: { type: 'string' } },
  async run({ ids, values }) {
    if (ids.length !== 1) throw new UsageError(`expected one id, got ${ids.length}`);
    const session = await openSession(presetOption(values, ids));
    for (const { named } of await session.targets(ids))
      for (const planned of named)
        explain({ ...planned, ...(await stateOf(session.workspace, planned)) });
    return 0;
  },
};

function explain({ id, state, reasons, entry, inputs }: PlannedNode): void {
  console.log(`${id}: ${state}`);
  for (const reason of reasons) console.log(`  ${reason}`);
  if (!entry) return;
  const { runtime, startedAt, seconds, commit, dirty } = entry;
  const origin =
    commit === '' ? 'outside git' : `${commit.slice(0, 12)}${dirty ? ' + changes' : ''}`;
  console.log(`  key ${keyOf(entry.parts)}`);
  console.log(`  made ${startedAt} in ${duration(seconds)} from ${origin}`);
  console.log(
    `  on ${runtime.backend}, ${runtime.adapter}${runtime.software ? ' (software)' : ''}`,
  );
  if (runtime.implementation !== undefined)
    console.log(`  operations by ${[runtime.implementation, runtime.variant].join(' ').trim()}`);
  for (const evidence of entry.attested ?? [])
    console.log(`  attested: ${evidenceInWords(evidence)}`);
  const below = Object.values(inputs).map(({ node }) => node.id);
  if (below.length > 0) console.log(`  made of ${below.join(', ')}`);
  for (const [name, hash] of Object.entries(entry.outputs))
    console.log(`  output ${name}: ${hash}`);
}
