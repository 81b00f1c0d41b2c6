import { join } from 'node:path';
import process from 'node:process';
import { paperFolder } from '../../artifacts/folder.ts';
import { findExperiment } from '../catalog.ts';
import {
  PRESETS,
  UsageError,
  backendOption,
  executorOption,
  jobsOption,
  modelOption,
  presetOption,
} from '../command.ts';
import type { Command } from '../command.ts';
import { Display, brief, duration, table } from '../display.ts';
import { estimate, pastSeconds } from '../estimate.ts';
import { removeLeftovers } from '../leftovers.ts';
import type { LockFile } from '../lock.ts';
import { declareModels } from '../models.ts';
import type { Outcomes } from '../outcomes.ts';
import { readBy } from '../plan.ts';
import type { PlannedNode } from '../plan.ts';
import { available, publish } from '../publish.ts';
import { acquireRunLock } from '../run-lock.ts';
import { LocalRun } from '../run.ts';
import { selectNodes } from '../select.ts';
import type { Target } from '../select.ts';
import { arraysOf, describeArrays } from '../slurm/arrays.ts';
import { SlurmRun } from '../slurm/run.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { openWorkspace, runLockPath } from '../workspace.ts';

export const command: Command = {
  usage:
    `[experiment[/node] …] [--preset ${PRESETS}] [--jobs N] ` +
    '[--backend webgpu|wasm|tensorflow|cpu] [--executor local|slurm] [--model NAME …] [--force] [--dry-run]',
  notes:
    'Without ids it runs every experiment; of a node, what it needs as well.\n\n' +
    '--preset     smoke: every code path, minutes. small (left out): what the page shows, hours. long: four times as\n' +
    '             long. medium: the published task with a tenth of the parameters, minutes of a GPU. paper: the\n' +
    '             published configuration, for GPUs\n' +
    '--jobs N     nodes at a time (left out: 1)\n' +
    '--backend B  insists on a backend; left out, a hardware GPU through WebGPU, or else WebAssembly\n' +
    '--model NAME owner/name[@revision] of a language model on the Hugging Face hub: declares it in the experiment, at\n' +
    '             the commit that it is at now, before it runs; again and again for several\n' +
    '--force      runs what is fresh as well\n' +
    '--dry-run    says what would run, how long it took before, and why\n\n' +
    'Give the same command again after an interruption: what was under way resumes.\n\n' +
    '--executor slurm sends the nodes as array jobs, with the resources that they ask for. Submit from a\n' +
    'checkout on a file system that the compute nodes share, after npm ci: jobs use its store (.lab) and its\n' +
    'Node. The command waits and records what comes back; if it dies, give it again. Without a shared file\n' +
    'system: lab bundle, unpack it in a job, ./lab run there, lab import here.',
  options: {
    preset: { type: 'string' },
    jobs: { type: 'string' },
    backend: { type: 'string' },
    executor: { type: 'string' },
    model: { type: 'string', multiple: true },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(invocation) {
    const { values, ids } = invocation;
    const [preset, backend, executor] = [
      presetOption(values, ids),
      backendOption(values),
      executorOption(values),
    ];
    const dry = values['dry-run'] === true;
    const release = dry
      ? () => {}
      : acquireRunLock(runLockPath(openWorkspace(paperFolder()), preset));
    try {
      await declare(modelOption(values), ids, dry);
      const session = await openSession(preset);
      if (!dry) await removeLeftovers(session.workspace, session.lock);
      const targets = await session.targets(ids);
      const force = values['force'] === true;
      const chosen = await choose(session, targets, force);
      const plan = plannedIn(targets);
      const jobs = executor === 'slurm' ? Math.max(1, chosen.size) : jobsOption(values);
      if (dry) {
        dryRun(session, plan, chosen, jobs);
        if (executor === 'slurm') showArrays(plan.filter((planned) => chosen.has(planned)));
        return 0;
      }
      const settings = { jobs, backend, executor, force, command: invocation.line };
      return await bringUpToDate(session, plan, chosen, settings);
    } finally {
      release();
    }
  },
};

/** Adds models to the experiments that are named. */
async function declare(
  models: readonly string[],
  ids: readonly string[],
  dry: boolean,
): Promise<void> {
  if (models.length === 0) return;
  const workspace = openWorkspace(paperFolder());
  if (dry || ids.length === 0)
    throw new UsageError('--model: expected an experiment to run, and no --dry-run; name one');
  for (const id of ids) {
    const experiment = await findExperiment(workspace, id.split(/[./]/)[0]!);
    if (experiment.models === undefined)
      throw new UsageError(`--model: expected an experiment on language models, got ${id}`);
    for (const { repository, revision } of await declareModels(
      join(workspace.root, experiment.models),
      models,
    ))
      console.error(`${experiment.models}: ${repository} at ${revision}`);
  }
}

async function choose(
  { workspace, store }: Session,
  targets: readonly Target[],
  force: boolean,
): Promise<Set<PlannedNode>> {
  const chosen = new Set<PlannedNode>();
  for (const target of targets) {
    const nodes = await selectNodes(workspace, store, target, force);
    nodes.forEach((planned) => chosen.add(planned));
  }
  const plan = plannedIn(targets);
  for (const planned of plan)
    if (readBy(planned, plan).some((source) => chosen.has(source))) chosen.add(planned);
  return chosen;
}

function dryRun(
  { lock }: Session,
  plan: readonly PlannedNode[],
  chosen: ReadonlySet<PlannedNode>,
  jobs: number,
): void {
  const todo = plan.filter((planned) => chosen.has(planned));
  const rows = todo.map((planned) => {
    const seconds = pastSeconds(lock, planned);
    const cost = seconds === undefined ? 'unknown' : duration(seconds);
    return [planned.id, cost, brief(planned.reasons) || 'forced, or its files are gone'];
  });
  const heading = ['node', 'took', 'why it would run'];
  if (rows.length > 0) table([heading, ...rows]).forEach((line) => console.log(line));
  console.log(`${plan.length - todo.length} fresh, ${forecast(lock, todo, jobs)}`);
}

function showArrays(nodes: readonly PlannedNode[]): void {
  console.log(nodes.length > 0 ? '\nSlurm would be sent' : '\nSlurm would be sent nothing');
  if (nodes.length > 0) table(describeArrays(arraysOf(nodes))).forEach((line) => console.log(line));
}

/** `3 nodes, 20 min of work, 12 min with 2 jobs` */
function forecast(lock: LockFile, nodes: readonly PlannedNode[], jobs: number): string {
  const { work, wall, unknown } = estimate(nodes, jobs, (planned) => pastSeconds(lock, planned));
  const known = unknown < nodes.length;
  return [
    `${nodes.length} to run`,
    ...(known
      ? [`about ${duration(work)} of work`, `${duration(wall)} with ${jobs} at a time`]
      : []),
    ...(unknown > 0 ? [`${unknown} of unknown length not counted`] : []),
  ].join(', ');
}

const plannedIn = (targets: readonly Target[]): PlannedNode[] => [
  ...new Set(targets.flatMap(({ plan }) => plan)),
];

interface Settings {
  jobs: number;
  backend: ReturnType<typeof backendOption>;
  executor: ReturnType<typeof executorOption>;
  force: boolean;
  command: string;
}

async function bringUpToDate(
  { workspace, store, keyer, judge, lock }: Session,
  plan: readonly PlannedNode[],
  chosen: ReadonlySet<PlannedNode>,
  { jobs, backend, executor, force, command }: Settings,
): Promise<number> {
  const started = performance.now();
  const display = new Display(process.stderr, () =>
    progressOf(run.outcomes, chosen, secondsOf, jobs),
  );
  const secondsOf = (planned: PlannedNode): number | undefined =>
    display.left(planned.id) ?? pastSeconds(lock, planned);
  const context = { workspace, store, keyer, judge, lock, plan, chosen, force, command, display };
  const run =
    executor === 'slurm'
      ? new SlurmRun(context, backend)
      : new LocalRun(context, { jobs, backend });
  const stop = (): void => run.stop();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const fresh = plan.filter((planned) => planned.state === 'fresh' && !chosen.has(planned));
  const todo = chosen.size === 0 ? 'nothing to run' : forecast(lock, [...chosen], jobs);
  display.line(`${fresh.length} nodes fresh, ${todo}`);
  await run.finish();
  for (const planned of fresh) {
    if (!planned.entry || !(await available(workspace, store, planned, planned.entry))) continue;
    const family = plan.filter(({ experiment }) => experiment === planned.experiment);
    const written = await publish(workspace, store, lock, family, planned);
    if (written.length > 0) display.line(`${planned.id}: restored ${written.join(', ')}`);
  }
  process.off('SIGINT', stop).off('SIGTERM', stop);
  display.close();
  if (chosen.size > 0) summarise(run.outcomes, (performance.now() - started) / 1000);
  if (run.stopped) return 130;
  return run.outcomes.failed.size > 0 ? 1 : 0;
}

/** `3 of 12 done, 20 min left` */
function progressOf(
  { done, failed }: Outcomes,
  chosen: ReadonlySet<PlannedNode>,
  secondsOf: (planned: PlannedNode) => number | undefined,
  jobs: number,
): string {
  const left = [...chosen].filter((planned) => !done.has(planned) && !failed.has(planned));
  const { wall, unknown } = estimate(left, jobs, secondsOf);
  const eta = unknown === 0 ? `${duration(wall)} left` : `${unknown} of unknown length`;
  const failures = failed.size > 0 ? `, ${failed.size} failed` : '';
  return `${done.size} of ${chosen.size} done${failures}, ${eta}`;
}

function summarise(outcomes: Outcomes, seconds: number): void {
  const { done, failed } = outcomes;
  const notRun = outcomes.notRun();
  const counts = `${done.size} done, ${failed.size} failed, ${notRun.size} not run`;
  console.error(`${counts} in ${duration(seconds)}`);
  const rows = [
    ...[...failed].map(([{ id }, why]) => ['  failed', id, why.split('\n')[0] ?? '']),
    ...[...notRun].map(([{ id }, why]) => ['  not run', id, why]),
  ];
  table(rows).forEach((line) => console.error(line));
}
