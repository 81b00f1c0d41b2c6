import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { RuntimeRecord } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { UsageError, backendOption } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';
import type { Device } from '../device.ts';
import { describeCheckout } from '../git.ts';
import { recordProof } from '../implementation.ts';
import { findCases } from '../parity/cases.ts';
import type { GoldenCase } from '../parity/cases.ts';
import { holds, worstOf } from '../parity/compare.ts';
import { GOLDEN, passKernelTests } from '../prove.ts';

export const command: Command = {
  usage: '[folder of golden cases …] [--backend webgpu|wasm|tensorflow|cpu] [--record]',
  notes:
    'Prints a JSON line a case with its worst tensor; exits with 1 if any case fails. A case is a folder with a\n' +
    'config.json and case.safetensors, and weights.safetensors of a model; or a checkpoint of a language model with\n' +
    'golden.json, which is read in every form it could be published in. See tests/fixtures/, which is meant where no\n' +
    'folder is named.\n\n' +
    '--record   runs the tests of kernels and models on the backend as well, and if all pass, enters what computes\n' +
    '           operations there as proven (src/kernels/proven.json): only then do its results count',
  options: { backend: { type: 'string' }, record: { type: 'boolean' } },
  async run({ ids, values }) {
    const record = values['record'] === true;
    if (record && ids.length > 0)
      throw new UsageError(
        `--record: expected no folders, as it takes all cases, got ${ids.join(' ')}`,
      );
    const folders =
      ids.length === 0
        ? ['language', 'regression', 'selective-scan'].map((name) => join(GOLDEN, name))
        : ids;
    const cases = folders.flatMap(findCases);
    if (cases.length === 0) {
      throw new Error(
        `parity: expected golden cases in ${folders.join(', ')}, got none; check the path`,
      );
    }
    const device = await openDevice(backendOption(values));
    try {
      const errors: (number | undefined)[] = [];
      for (const golden of cases) errors.push(await report(golden, device));
      const passed = errors.filter((error) => error !== undefined);
      if (passed.length < cases.length) return 1;
      if (record) await enter(device.record, passed);
      return 0;
    } finally {
      await device.close();
    }
  },
};

/** Enters what computed the cases as proven, if the tests of kernels and models pass as well. */
async function enter(
  { backend, adapter, implementation }: RuntimeRecord,
  errors: readonly number[],
): Promise<void> {
  if (implementation === undefined)
    throw new UsageError(
      `--record: expected a backend with operations of this project, got ${backend}`,
    );
  console.error(`running the tests of kernels and models on ${backend} …`);
  const tests = await passKernelTests(backend);
  const { commit } = await describeCheckout(paperFolder(), []);
  const entered = await recordProof({
    implementation,
    backend,
    adapter,
    cases: errors.length,
    tests,
    relativeError: Number(Math.max(...errors).toPrecision(2)),
    commit,
    at: new Date().toISOString(),
  });
  console.error(
    `${implementation} is proven on ${entered.adapters.join(', ')}: src/kernels/proven.json`,
  );
}

/**
 * Prints one JSON line; a case that cannot be computed fails, and standard error says why.
 * @returns the case's error, where it holds
 */
async function report(golden: GoldenCase, device: Device): Promise<number | undefined> {
  const line = { case: golden.name, kind: golden.kind, backend: device.record.backend };
  tf.engine().startScope();
  try {
    const worst = worstOf(await golden.check());
    device.check();
    const { tensor, relativeError } = worst;
    const ok = holds(worst);
    console.log(JSON.stringify({ ...line, worst: { tensor, relativeError }, ok }));
    return ok ? relativeError : undefined;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(JSON.stringify({ ...line, worst: null, ok: false }));
    return undefined;
  } finally {
    tf.engine().endScope();
  }
}
