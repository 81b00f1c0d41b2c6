import process from 'node:process';
import { backendOption, jobsOption, presetOption } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import { Display } from '../display.ts';
import { removeLeftovers } from '../leftovers.ts';
import type { PlannedNode } from '../plan.ts';
import { publish } from '../publish.ts';
import { acquireRunLock } from '../run-lock.ts';
import { Run } from '../run.ts';
import { selectNodes } from '../select.ts';
import type { Target } from '../select.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { openWorkspace, runLockPath } from '../workspace.ts';

export const command: Command = {
  usage:
    '[experiment[/node] …] [--preset smoke|small|paper] [--jobs N] ' +
    '[--backend webgpu|wasm|tensorflow|cpu] [--force] [--dry-run]',
  options: {
    preset: { type: 'string' },
    jobs: { type: 'string' },
    backend: { type: 'string' },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(invocation) {
    const { values, ids } = invocation;
    const [preset, jobs, backend] = [
      presetOption(values),
      jobsOption(values),
      backendOption(values),
    ];
    const dry = values['dry-run'] === true;
    const release = dry
      ? () => {}
      : acquireRunLock(runLockPath(openWorkspace(process.cwd()), preset));
    try {
      const session = await openSession(preset);
      if (!dry) await removeLeftovers(session.workspace, session.lock);
      const targets = await session.targets(ids);
      const chosen = await choose(session, targets, values['force'] === true);
      if (dry) return dryRun(targets, chosen);
      return await bringUpToDate(session, targets, chosen, { jobs, backend, invocation });
    } finally {
      release();
    }
  },
};

async function choose(
  { workspace, store, lock }: Session,
  targets: readonly Target[],
  force: boolean,
): Promise<Set<PlannedNode>> {
  const chosen = new Set<PlannedNode>();
  for (const target of targets) {
    const nodes = await selectNodes(workspace, store, lock, target, force);
    nodes.forEach((planned) => chosen.add(planned));
  }
  return chosen;
}

function dryRun(targets: readonly Target[], chosen: ReadonlySet<PlannedNode>): number {
  for (const planned of plannedIn(targets)) {
    const reason = planned.reasons.join('; ') || 'forced, or its files are gone';
    console.log(chosen.has(planned) ? `would run ${planned.id}: ${reason}` : `fresh ${planned.id}`);
  }
  return 0;
}

const plannedIn = (targets: readonly Target[]): PlannedNode[] => [
  ...new Set(targets.flatMap(({ plan }) => plan)),
];

interface Settings {
  jobs: number;
  backend: ReturnType<typeof backendOption>;
  invocation: Invocation;
}

async function bringUpToDate(
  { workspace, store, lock }: Session,
  targets: readonly Target[],
  chosen: ReadonlySet<PlannedNode>,
  { jobs, backend, invocation }: Settings,
): Promise<number> {
  const plan = plannedIn(targets);
  const display = new Display(process.stderr);
  const shared = { workspace, store, lock, plan, display, command: invocation.line };
  const run = new Run({ ...shared, chosen, jobs, backend });
  const stop = (): void => run.stop();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const fresh = plan.filter((planned) => planned.state === 'fresh' && !chosen.has(planned));
  display.line(`${fresh.length} nodes fresh, ${chosen.size} to run`);
  const { done, failed, skipped } = await run.finish();
  for (const planned of fresh) {
    const family = plan.filter(({ experiment }) => experiment === planned.experiment);
    const written = await publish(workspace, store, lock, family, planned, invocation.line);
    if (written.length > 0) display.line(`${planned.id}: restored ${written.join(', ')}`);
  }
  process.off('SIGINT', stop).off('SIGTERM', stop);
  display.close();
  display.line(`${done.length} done, ${failed.length} failed, ${skipped.length} not run`);
  for (const id of failed) display.line(`  failed: ${id}`);
  if (run.stopped) return 130;
  return failed.length > 0 ? 1 : 0;
}
