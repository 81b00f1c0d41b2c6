import { readFile } from 'node:fs/promises';
import { paperFolder } from '../../artifacts/folder.ts';
import { PRESETS, UsageError, backendOption, presetOption, wholeNumber } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import type { Device } from '../device.ts';
import type { Comparison, Experiment } from '../experiment.ts';
import { parseJson } from '../../artifacts/json.ts';
import { receipt } from '../portable/receipt.ts';
import { hasArtifact, readArtifact, readRecorded } from '../publish.ts';
import { refusal } from '../receipts.ts';
import { openSession } from '../session.ts';
import type { Session } from '../session.ts';
import { MARGIN, readSpread, recordSpread, toleranceOf } from '../spread.ts';
import type { Measured } from '../spread.ts';
import { openWorkspace } from '../workspace.ts';

/** What is asked for of all that could be compared. */
type Part = Pick<Measured, 'examples' | 'filter'>;

export const command: Command = {
  usage:
    `[experiment …] [--preset ${PRESETS}] [--backend webgpu|wasm|tensorflow|cpu] ` +
    '[--examples K] [--filter TEXT] [--record] | --receipt FILE',
  notes:
    'On this device, and the first batch of the published prompts. The curves may be off, relative to their\n' +
    `largest value, by ${MARGIN} times the worst in experiments/reference/device-spread.json, whatever the device.\n\n` +
    '--examples K   only contexts of at most K examples: for slow devices\n' +
    "--filter TEXT  only curves whose names hold the text, such as 'mamba-1 on training'\n" +
    '--receipt FILE holds what a browser says it computed against the records, and refuses what is not of them\n' +
    '--record       enters how far this device is off into that table',
  options: {
    preset: { type: 'string' },
    backend: { type: 'string' },
    examples: { type: 'string' },
    filter: { type: 'string' },
    record: { type: 'boolean' },
    receipt: { type: 'string' },
  },
  async run({ ids, values }) {
    if (values['receipt'] !== undefined) return verifyReceipt(String(values['receipt']));
    const session = await openSession(presetOption(values, ids));
    const part: Part = {};
    if (values['examples'] !== undefined)
      part.examples = wholeNumber('examples', values['examples'], 0);
    if (values['filter'] !== undefined) part.filter = String(values['filter']);
    const backend = backendOption(values);
    const experiments = await verifiable(session, ids);
    if (experiments.length === 0) {
      console.log('nothing to verify');
      return 0;
    }
    const device = await openDevice(backend);
    try {
      let [ok, compared] = [true, 0];
      for (const experiment of experiments) {
        const task = { experiment, device, part, record: values['record'] === true };
        const result = await verify(session, task);
        ok &&= result.ok;
        compared += result.compared;
      }
      if (compared === 0)
        throw new UsageError(
          `--filter: expected a part of a curve's name, got ${part.filter ?? ''}`,
        );
      return ok ? 0 : 1;
    } finally {
      await device.close();
    }
  },
};

async function verifyReceipt(path: string): Promise<number> {
  const about = { path, expected: 'a receipt', remedy: 'download it again' };
  const found = parseJson(await readFile(path, 'utf8'), receipt, about);
  const reason = await refusal(openWorkspace(paperFolder()), found);
  const what = `${found.experiment}.${found.preset}/${found.node}`;
  console.log(
    reason === undefined
      ? `accepted: ${what}, ${found.verdict.kind}`
      : `refused: ${what}: ${reason}`,
  );
  return reason === undefined ? 0 : 1;
}

/** What the ids name, or without ids every experiment that has an artifact. */
async function verifiable(session: Session, ids: readonly string[]): Promise<Experiment[]> {
  const { workspace, preset } = session;
  const node = ids.find((id) => id.includes('/'));
  if (node) throw new UsageError(`expected experiments, got the node ${node}`);
  const targets = await session.targets(ids);
  const named = targets.flatMap(({ plan }) => plan.slice(-1).map(({ experiment }) => experiment));
  const found = named.filter(({ verify }) => verify);
  if (ids.length === 0) {
    return found.filter((experiment) => hasArtifact(workspace, experiment, preset));
  }
  return found;
}

interface Task {
  experiment: Experiment;
  device: Device;
  part: Part;
  record: boolean;
}

async function verify(
  session: Session,
  { experiment, device, part, record }: Task,
): Promise<{ ok: boolean; compared: number }> {
  const { workspace, preset } = session;
  const artifact = await readArtifact(workspace, experiment, preset);
  const tolerance = toleranceOf(await readSpread(workspace));
  const { backend, adapter, software } = device.record;
  const name = `${experiment.id}.${preset}`;
  console.log(
    `${name} on ${backend}, ${adapter}${inWords(part)}; tolerance ${tolerance.toExponential(1)}:`,
  );
  const context = {
    artifact,
    read: readRecorded(workspace, artifact),
    examples: part.examples ?? Infinity,
    wants: (curve: string) => curve.includes(part.filter ?? ''),
  };
  const comparisons: Comparison[] = [];
  for await (const comparison of experiment.verify?.(context) ?? []) {
    device.check();
    comparisons.push(comparison);
    console.log(describe(comparison, tolerance));
  }
  const ok = comparisons.every(({ relativeError }) => relativeError <= tolerance);
  const compared = comparisons.length;
  if (!record || compared === 0) return { ok, compared };
  const key = artifact.provenance.key.slice(0, 12);
  const measured = { artifact: name, key, backend, adapter, software, ...part };
  const after = toleranceOf(await recordSpread(workspace, measured, comparisons));
  console.log(
    `entered in experiments/reference/device-spread.json; the tolerance is now ${after.toExponential(1)}`,
  );
  return { ok, compared };
}

const inWords = ({ examples, filter }: Part): string =>
  [
    examples === undefined ? '' : `, up to ${examples} examples`,
    filter === undefined ? '' : `, curves with '${filter}'`,
  ].join('');

function describe({ name, relativeError }: Comparison, tolerance: number): string {
  const off = `${name}: off by ${relativeError.toExponential(1)}`;
  if (relativeError <= tolerance) return `  ok    ${off}`;
  return `  FAIL  ${off}, ${(relativeError / tolerance).toPrecision(2)} times the tolerance`;
}
