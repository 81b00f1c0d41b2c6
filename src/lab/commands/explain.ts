import { UsageError, presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { duration } from '../display.ts';
import { keyOf } from '../lock.ts';
import type { PlannedNode } from '../plan.ts';
import { openSession } from '../session.ts';

export const command: Command = {
  usage: '<experiment[/node]> [--preset smoke|small|paper]',
  options: { preset: { type: 'string' } },
  async run({ ids, values }) {
    if (ids.length !== 1) throw new UsageError(`explain: expected one id, got ${ids.length}`);
    const session = await openSession(presetOption(values));
    const [target] = await session.targets(ids);
    const chosen = target?.plan.filter(
      ({ node }) => target.node === undefined || node.id === target.node,
    );
    if (!chosen || chosen.length === 0) {
      const known = target?.plan.map(({ node }) => node.id).join(', ') ?? '';
      throw new UsageError(`explain: expected a node of ${known}, got ${ids[0] ?? ''}`);
    }
    chosen.forEach(explain);
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
  for (const [name, input] of Object.entries(inputs))
    console.log(`  input ${name}: ${input.node.id}`);
  for (const [name, hash] of Object.entries(entry.outputs))
    console.log(`  output ${name}: ${hash}`);
}
