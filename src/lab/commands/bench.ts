import { UsageError, backendOption } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import { MEASUREMENTS } from '../bench/measurements.ts';
import { measure } from '../bench/measure.ts';

export const command: Command = {
  usage: '[--json] [--filter TEXT] [--runs N] [--backend webgpu|wasm|tensorflow|cpu]',
  options: {
    json: { type: 'boolean' },
    filter: { type: 'string' },
    runs: { type: 'string' },
    backend: { type: 'string' },
  },
  async run({ ids, values }) {
    if (ids.length > 0) throw new UsageError(`bench: expected options only, got ${ids.join(' ')}`);
    const filter = String(values['filter'] ?? '');
    const chosen = MEASUREMENTS.filter(({ name }) => name.includes(filter));
    if (chosen.length === 0) {
      const names = MEASUREMENTS.map(({ name }) => name).join(', ');
      throw new UsageError(`--filter: expected a part of one of ${names}, got ${filter}`);
    }
    const runs = runsOption(values['runs']);
    const device = await openDevice(backendOption(values));
    const { backend, adapter } = device.record;
    try {
      const rows = [];
      for (const { name, shape, prepare } of chosen) {
        const { medianMs } = await measure(prepare, runs);
        device.check();
        rows.push({ name, backend, adapter, shape, medianMs, runs });
        if (values['json'] !== true) {
          console.log(
            `${name} on ${backend}, ${adapter}: ${medianMs.toFixed(1)} ms (median of ${runs})`,
          );
          console.log(`  ${JSON.stringify(shape)}`);
        }
      }
      if (values['json'] === true) console.log(JSON.stringify(rows, null, 2));
    } finally {
      await device.close();
    }
    return 0;
  },
};

function runsOption(value: unknown): number {
  const runs = Number(value ?? 7);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new UsageError(`--runs: expected a whole number from 1, got ${String(value)}`);
}
