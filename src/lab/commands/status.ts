import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { brief } from '../display.ts';
import { isPublished } from '../publish.ts';
import { openSession } from '../session.ts';

export const command: Command = {
  usage: '[experiment …] [--preset smoke|small|paper] [--json]',
  options: { preset: { type: 'string' }, json: { type: 'boolean' } },
  async run({ ids, values }) {
    const wanted = values['preset'] === undefined ? presets : [presetOption(values)];
    const rows = (await Promise.all(wanted.map((preset) => statusOf(preset, ids)))).flat();
    if (values['json'] === true) console.log(JSON.stringify(rows, null, 2));
    else for (const { id, state, reasons } of rows) console.log(format(id, state, reasons));
    return 0;
  },
};

const format = (id: string, state: string, reasons: readonly string[]): string =>
  `${state.padEnd(7)}  ${id}${reasons.length > 0 ? `  (${brief(reasons)})` : ''}`;

interface Row {
  id: string;
  state: 'fresh' | 'stale' | 'missing';
  reasons: string[];
  backend: string | null;
  seconds: number | null;
}

async function statusOf(preset: Preset, ids: readonly string[]): Promise<Row[]> {
  const session = await openSession(preset);
  const rows: Row[] = [];
  for (const { plan } of await session.targets(ids)) {
    for (const planned of plan) {
      const { id, entry, reasons } = planned;
      let { state } = planned;
      const lost =
        entry && state === 'fresh' && !(await isPublished(session.workspace, planned, entry));
      if (lost) state = 'missing';
      rows.push({
        id,
        state,
        reasons: lost ? ['its committed files are gone or changed'] : reasons,
        backend: entry?.runtime.backend ?? null,
        seconds: entry?.seconds ?? null,
      });
    }
  }
  return rows;
}
