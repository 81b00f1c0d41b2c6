import process from 'node:process';
import { paperFolder } from '../../artifacts/folder.ts';
import { Attesting, CHEAP, LOSS_SPREAD } from '../attest.ts';
import { PRESETS, backendOption, jobsOption, presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { Display, table } from '../display.ts';
import { describeCheckout } from '../git.ts';
import type { PlannedNode } from '../plan.ts';
import { available, publish } from '../publish.ts';
import { acquireRunLock } from '../run-lock.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { openWorkspace, runLockPath } from '../workspace.ts';

export const command: Command = {
  usage:
    `[experiment[/node] …] [--preset ${PRESETS}] [--jobs N] [--sparing] ` +
    '[--backend webgpu|wasm|tensorflow|cpu]',
  notes:
    'For code that changed and should compute the same: replays the beginning of each stale training, over every\n' +
    'length of prompt in its curriculum, and its last stretch where the state before it is in the store, and compares\n' +
    'losses and weights with those recorded: to the bit where the same implementation on the same processor made\n' +
    `them, else within ${100 * LOSS_SPREAD} %. Evaluates its committed weights again on the first batch of the published prompts, within\n` +
    'the tolerance of lab verify. What agrees counts under its new key, with the evidence in its provenance. What can\n' +
    'be run again cheaply is left to lab run; where its inputs are gone, as weights that nobody commits, other results\n' +
    'of the same code speak for it once they were made again. It refuses another question: other parameters, seeds,\n' +
    'inputs or data.\n\n' +
    '--sparing   replays one training of each code, which then speaks for the others, as what lab run made again\n' +
    '            speaks for what is cheap: weaker evidence, told as such',
  options: {
    preset: { type: 'string' },
    jobs: { type: 'string' },
    sparing: { type: 'boolean' },
    backend: { type: 'string' },
  },
  async run({ ids, values }) {
    const preset = presetOption(values, ids);
    const release = acquireRunLock(runLockPath(openWorkspace(paperFolder()), preset));
    try {
      const session = await openSession(preset);
      const targets = await session.targets(ids);
      const nodes = [...new Set(targets.flatMap(({ named }) => named))];
      const stale = nodes.filter(({ state, entry }) => state !== 'fresh' && entry);
      await expectClean(session, stale);
      const display = new Display(process.stderr, () => `${stale.length} to attest`);
      const sparing = values['sparing'] === true;
      const options = {
        jobs: jobsOption(values),
        sparing,
        backend: backendOption(values),
        display,
      };
      const attesting = new Attesting(session, options);
      const stop = (): void => attesting.stop();
      process.on('SIGINT', stop).on('SIGTERM', stop);
      await attesting.finish(stale);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      display.close();
      if (attesting.attested.length > 0) await republish(session, ids);
      return summarise(attesting);
    } finally {
      release();
    }
  },
};

/** Evidence names the commit whose code computed it: there must be one. */
async function expectClean(
  { workspace, keyer }: Session,
  nodes: readonly PlannedNode[],
): Promise<void> {
  const experiments = new Set(nodes.map(({ experiment }) => experiment));
  const files = new Set([...experiments].flatMap((experiment) => keyer.filesOf(experiment)));
  const { commit, dirty } = await describeCheckout(workspace.root, [...files]);
  if (!dirty || files.size === 0) return;
  throw new Error(
    `attest: expected the code of a commit, got ${commit === '' ? 'no git checkout' : 'uncommitted changes'}; ` +
      'commit them first, as the evidence names the commit',
  );
}

/** Artifacts tell the evidence of what they are made of, where all of it counts again. */
async function republish(session: Session, ids: readonly string[]): Promise<void> {
  const { workspace, store, lock } = session;
  const plans = new Set((await session.targets(ids)).map(({ plan }) => plan));
  for (const plan of plans) {
    const last = plan.at(-1);
    if (last?.state !== 'fresh' || !last.entry) continue;
    if (!(await available(workspace, store, last, last.entry))) continue;
    const written = await publish(workspace, store, lock, plan, last);
    if (written.length > 0) console.log(`wrote ${written.join(', ')}`);
  }
}

function summarise({ attested, refused }: Attesting): number {
  const named = [...refused].filter(([, why]) => why !== CHEAP);
  const rows = named.map(([{ id }, why]) => ['  refused', id, why.split('\n')[0] ?? '']);
  table(rows).forEach((line) => console.log(line));
  const cheap = refused.size - named.length;
  console.log(`${attested.length} attested, ${named.length} refused, ${cheap} left to lab run`);
  return named.length > 0 ? 1 : 0;
}
