import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactPath } from '../../artifacts/artifact.ts';
import { UsageError, backendOption, presetOption, wholeNumber } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import type { Device } from '../device.ts';
import type { Comparison, Experiment } from '../experiment.ts';
import { readArtifact } from '../publish.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { MARGIN, readSpread, recordSpread, toleranceOf } from '../spread.ts';

export const command: Command = {
  usage:
    '[experiment …] [--preset smoke|small|paper] [--backend webgpu|wasm|tensorflow|cpu] ' +
    '[--examples K] [--record]',
  notes:
    'Evaluates the committed weights again on this device, on the first batch of the published prompts. Each\n' +
    'curve may be off, relative to its largest value, by the tolerance:\n' +
    `${MARGIN} times the worst in experiments/reference/device-spread.json, whatever the device.\n\n` +
    '--examples K   only contexts of at most K examples: for slow devices\n' +
    '--record       enters how far this device is off into that table',
  options: {
    preset: { type: 'string' },
    backend: { type: 'string' },
    examples: { type: 'string' },
    record: { type: 'boolean' },
  },
  async run({ ids, values }) {
    const session = await openSession(presetOption(values));
    const examples =
      values['examples'] === undefined ? Infinity : wholeNumber('examples', values['examples'], 0);
    const experiments = await verifiable(session, ids);
    const device = await openDevice(backendOption(values));
    try {
      let ok = true;
      for (const experiment of experiments) {
        const task = { experiment, device, examples, record: values['record'] === true };
        ok = (await verify(session, task)) && ok;
      }
      return ok ? 0 : 1;
    } finally {
      await device.close();
    }
  },
};

/** What the ids name, or without ids every experiment that has an artifact to verify. */
async function verifiable(session: Session, ids: readonly string[]): Promise<Experiment[]> {
  const { workspace, preset } = session;
  const node = ids.find((id) => id.includes('/'));
  if (node) throw new UsageError(`verify: expected experiments, got the node ${node}`);
  const targets = await session.targets(ids);
  const named = targets.flatMap(({ plan }) => plan.slice(-1).map(({ experiment }) => experiment));
  if (ids.length > 0) return named;
  return named.filter(
    ({ id, verify }) => verify && existsSync(join(workspace.public, artifactPath(id, preset))),
  );
}

interface Task {
  experiment: Experiment;
  device: Device;
  examples: number;
  record: boolean;
}

async function verify(session: Session, task: Task): Promise<boolean> {
  const { workspace, preset } = session;
  const { experiment, device, examples } = task;
  if (!experiment.verify) {
    console.log(`${experiment.id}: has nothing to verify`);
    return true;
  }
  const artifact = await readArtifact(workspace, experiment, preset);
  const tolerance = toleranceOf(await readSpread(workspace));
  const { backend, adapter, software } = device.record;
  const name = `${experiment.id}.${preset}`;
  console.log(
    `${name} on ${backend}, ${adapter}${Number.isFinite(examples) ? `, up to ${examples} examples` : ''}; ` +
      `tolerance ${tolerance.toExponential(1)}:`,
  );
  const read = (path: string) => readFile(join(workspace.public, path));
  const comparisons: Comparison[] = [];
  for await (const comparison of experiment.verify({ artifact, read, examples })) {
    device.check();
    comparisons.push(comparison);
    console.log(describe(comparison, tolerance));
  }
  const ok = comparisons.every(({ relativeError }) => relativeError <= tolerance);
  if (!task.record) return ok;
  const key = artifact.provenance.key.slice(0, 12);
  const part = Number.isFinite(examples) ? { examples } : {};
  const measured = { artifact: name, key, backend, adapter, software, ...part };
  const after = toleranceOf(await recordSpread(workspace, measured, comparisons));
  console.log(
    `entered in experiments/reference/device-spread.json; the tolerance is now ${after.toExponential(1)}`,
  );
  return ok;
}

function describe({ name, relativeError }: Comparison, tolerance: number): string {
  const off = `${name}: off by ${relativeError.toExponential(1)}`;
  if (relativeError <= tolerance) return `  ok    ${off}`;
  return `  FAIL  ${off}, ${(relativeError / tolerance).toPrecision(2)} times the tolerance`;
}
