import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backendOption, presetOption } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import type { Device } from '../device.ts';
import type { Experiment } from '../experiment.ts';
import { readArtifact } from '../publish.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { recordSpread } from '../spread.ts';

export const command: Command = {
  usage:
    '[experiment …] [--preset smoke|small|paper] [--backend webgpu|wasm|tensorflow|cpu] [--record]',
  notes:
    '--record enters how far this device is off into experiments/reference/device-spread.json, the table\n' +
    'that the tolerances are chosen from.',
  options: {
    preset: { type: 'string' },
    backend: { type: 'string' },
    record: { type: 'boolean' },
  },
  async run({ ids, values }) {
    const session = await openSession(presetOption(values));
    const targets = await session.targets(ids);
    const experiments = targets.flatMap(({ plan }) =>
      plan.slice(-1).map((last) => last.experiment),
    );
    const device = await openDevice(backendOption(values));
    try {
      let ok = true;
      for (const experiment of experiments) {
        ok = (await verify(session, experiment, device, values['record'] === true)) && ok;
      }
      return ok ? 0 : 1;
    } finally {
      await device.close();
    }
  },
};

async function verify(
  session: Session,
  experiment: Experiment,
  device: Device,
  record: boolean,
): Promise<boolean> {
  const { workspace, preset } = session;
  if (!experiment.verify) {
    console.log(`${experiment.id}: has nothing to verify`);
    return true;
  }
  const artifact = await readArtifact(workspace, experiment, preset);
  const comparisons = await experiment.verify({
    artifact,
    read: (path) => readFile(join(workspace.public, path)),
    runtime: device.record,
  });
  console.log(`${experiment.id}.${preset} on ${device.record.backend}, ${device.record.adapter}:`);
  if (record && comparisons.length > 0) {
    const described = { artifact: `${experiment.id}.${preset}`, key: artifact.provenance.key };
    console.log(
      `  entered in ${await recordSpread(workspace, device.record, described, comparisons)}`,
    );
  }
  const checked = comparisons.map((comparison) => {
    const ok = comparison.relativeError <= comparison.tolerance;
    const { name, relativeError, tolerance } = comparison;
    console.log(
      `  ${ok ? 'ok  ' : 'FAIL'} ${name}: off by ${relativeError.toExponential(2)}, ` +
        `tolerance ${tolerance.toExponential(0)}`,
    );
    return ok;
  });
  return checked.every(Boolean);
}
