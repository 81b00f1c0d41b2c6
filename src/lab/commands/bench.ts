import { UsageError, backendOption } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import { MEASUREMENTS } from '../bench/measurements.ts';

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
    const json = values['json'] === true;
    const runs = runsOption(values['runs']);
    const device = await openDevice(backendOption(values));
    const { backend, adapter } = device.record;
    try {
      const rows = [];
      for (const { name, shape, only, take } of chosen) {
        if (only !== undefined && only !== backend) continue;
        const values = await take({ runs, gpu: device.gpu });
        device.check();
        rows.push({ name, backend, adapter, shape, runs, ...values });
        if (!json) console.log(`${name} on ${backend}, ${adapter}: ${inWords(values, runs)}`);
        if (!json) console.log(`  ${JSON.stringify(shape)}`);
      }
      if (json) console.log(JSON.stringify(rows, null, 2));
    } finally {
      await device.close();
    }
    return 0;
  },
};

function inWords({ medianMs, peakBytes, ...others }: Record<string, number>, runs: number): string {
  const words = Object.entries(others).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
  if (peakBytes !== undefined) words.unshift(`peak ${(peakBytes / 1e6).toFixed(1)} MB`);
  if (medianMs !== undefined) words.unshift(`${medianMs.toFixed(1)} ms (median of ${runs})`);
  return words.join(', ');
}

function runsOption(value: unknown): number {
  const runs = Number(value ?? 7);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new UsageError(`--runs: expected a whole number from 1, got ${String(value)}`);
}
