import * as tf from '@tensorflow/tfjs-core';
import { UsageError, backendOption } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import type { Device } from '../device.ts';
import { findCases } from '../parity/cases.ts';
import type { GoldenCase } from '../parity/cases.ts';
import { holds, worstOf } from '../parity/compare.ts';

export const command: Command = {
  usage: '<folder of golden cases> … [--backend webgpu|wasm|tensorflow|cpu]',
  notes:
    'Prints a JSON line a case with its worst tensor; exits with 1 if any case fails. A case is a folder with a\n' +
    'config.json and case.safetensors, and weights.safetensors of a model: see tests/fixtures/.',
  options: { backend: { type: 'string' } },
  async run({ ids, values }) {
    if (ids.length === 0) throw new UsageError('expected folders of golden cases, got none');
    const cases = ids.flatMap(findCases);
    if (cases.length === 0) {
      throw new Error(
        `parity: expected golden cases in ${ids.join(', ')}, got none; check the path`,
      );
    }
    const device = await openDevice(backendOption(values));
    try {
      let ok = true;
      for (const golden of cases) ok = (await report(golden, device)) && ok;
      return ok ? 0 : 1;
    } finally {
      await device.close();
    }
  },
};

/** Prints one JSON line; a case that cannot be computed fails, and standard error says why. */
async function report(golden: GoldenCase, device: Device): Promise<boolean> {
  const line = { case: golden.name, kind: golden.kind, backend: device.record.backend };
  tf.engine().startScope();
  try {
    const worst = worstOf(await golden.check());
    device.check();
    const { tensor, relativeError } = worst;
    const ok = holds(worst);
    console.log(JSON.stringify({ ...line, worst: { tensor, relativeError }, ok }));
    return ok;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(JSON.stringify({ ...line, worst: null, ok: false }));
    return false;
  } finally {
    tf.engine().endScope();
  }
}
