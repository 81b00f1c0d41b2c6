import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { findExperiment } from '../catalog.ts';
import { PRESETS, checkStatus, presetIn, presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { brief, table } from '../display.ts';
import { stateOf } from '../publish.ts';
import { openSession } from '../session.ts';
import { openWorkspace } from '../workspace.ts';

export const command: Command = {
  usage: `[experiment[/node] …] [--preset ${PRESETS}] [--check] [--json]`,
  notes:
    'Without ids or a preset it counts the nodes of each experiment; with either it lists them.\n' +
    '--check  exits with 3 where anything is stale or missing',
  options: { preset: { type: 'string' }, json: { type: 'boolean' }, check: { type: 'boolean' } },
  async run({ ids, values }) {
    const one = values['preset'] !== undefined || ids.some((id) => presetIn(id) !== undefined);
    const wanted = one ? [presetOption(values, ids)] : await presetsOf(ids);
    const rows = (await Promise.all(wanted.map((preset) => statusOf(preset, ids)))).flat();
    const overview = !one && ids.length === 0;
    if (values['json'] === true) console.log(JSON.stringify(rows, null, 2));
    else if (overview) table(counts(rows)).forEach((line) => console.log(line));
    else for (const { id, state, reasons } of rows) console.log(format(id, state, reasons));
    return checkStatus(
      values,
      rows.map(({ state }) => state),
    );
  },
};

const format = (id: string, state: string, reasons: readonly string[]): string =>
  `${state.padEnd(7)}  ${id}${reasons.length > 0 ? `  (${brief(reasons)})` : ''}`;

/** The presets that all of the named experiments have. */
async function presetsOf(ids: readonly string[]): Promise<Preset[]> {
  const workspace = openWorkspace(paperFolder());
  const names = ids.map((id) => id.split('/')[0] ?? id);
  const named = await Promise.all(names.map((name) => findExperiment(workspace, name)));
  return presets.filter((preset) => named.every((found) => found.presets[preset] !== undefined));
}

/** How many nodes of each artifact are in which state. */
function counts(rows: readonly Row[]): string[][] {
  const artifacts = Map.groupBy(rows, ({ id }) => id.split('/')[0] ?? id);
  const states = ['fresh', 'stale', 'missing'] as const;
  const lines = [...artifacts].map(([artifact, nodes]) => [
    artifact,
    ...states.map((state) => String(nodes.filter((row) => row.state === state).length)),
  ]);
  return [['', ...states], ...lines];
}

interface Row {
  id: string;
  state: 'fresh' | 'stale' | 'missing';
  reasons: string[];
  /** Whether it is its experiment's last, which makes the artifact. */
  last: boolean;
  backend: string | null;
  seconds: number | null;
}

async function statusOf(preset: Preset, ids: readonly string[]): Promise<Row[]> {
  const session = await openSession(preset);
  const rows: Row[] = [];
  for (const { named } of await session.targets(ids)) {
    for (const planned of named) {
      const { id, entry } = planned;
      rows.push({
        id,
        ...(await stateOf(session.workspace, planned)),
        last: planned.last,
        backend: entry?.runtime.backend ?? null,
        seconds: entry?.seconds ?? null,
      });
    }
  }
  return rows;
}
