import { UsageError, backendOption, optionsOnly, wholeNumber } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import { MEASUREMENTS } from '../bench/measurements.ts';

export const command: Command = {
  usage: '[--json] [--filter TEXT] [--runs N] [--backend webgpu|wasm|tensorflow|cpu]',
  notes:
    '--filter TEXT  only measurements whose names hold the text, such as train-step/mamba\n' +
    '--runs N       the median is of N runs (left out: 7)',
  options: {
    json: { type: 'boolean' },
    filter: { type: 'string' },
    runs: { type: 'string' },
    backend: { type: 'string' },
  },
  async run(invocation) {
    optionsOnly(invocation);
    const { values } = invocation;
    const filter = String(values['filter'] ?? '');
    const chosen = MEASUREMENTS.filter(({ name }) => name.includes(filter));
    if (chosen.length === 0) {
      const names = MEASUREMENTS.map(({ name }) => name).join(', ');
      throw new UsageError(`--filter: expected a part of one of ${names}, got ${filter}`);
    }
    const json = values['json'] === true;
    const runs = wholeNumber('runs', values['runs'] ?? 7, 1);
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
