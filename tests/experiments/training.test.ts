import { describe, expect, test } from 'vitest';
import { trainingOf } from '../../experiments/graphs/training.ts';
import type { ModelRun } from '../../experiments/graphs/training.ts';
import { modelRun, scaleOf } from '../../experiments/settings/scale.ts';
import { presets } from '../../src/artifacts/artifact.ts';
import type { Preset } from '../../src/artifacts/artifact.ts';
import { cosine } from '../../src/training/schedule.ts';

const LOSS_EVERY = 10;

function nodeOf(preset: Preset, changes: Partial<ModelRun>) {
  const task = { task: 'linear-regression', inputs: 'skewed' } as const;
  const place = { experiment: 'of', preset, parameters: { task, lossEvery: LOSS_EVERY } };
  return trainingOf(place, 'mamba', modelRun(scaleOf(preset), 'mamba', 2, changes), 3);
}

describe.each(presets)('a training at %s', (preset) => {
  test('is one node, or one for each of its parts', () => {
    const whole = nodeOf(preset, { steps: 95 });
    expect([whole.id, whole.inputs]).toEqual(['train/mamba-3', {}]);
    const last = nodeOf(preset, { steps: 95, parts: [20, 60, 95] });
    const second = last.inputs['before']!;
    const first = second.inputs['before']!;
    expect([last, second, first].map(({ id, parameters }) => [id, parameters])).toEqual([
      ['train/mamba-3', { ...whole.parameters, until: 95 }],
      ['train/mamba-3-until-60', { ...whole.parameters, until: 60 }],
      ['train/mamba-3-until-20', { ...whole.parameters, until: 20 }],
    ]);
    expect(first.inputs).toEqual({});
    expect(nodeOf(preset, { steps: 95, parts: [20, 60] })).toEqual(second);
  });

  test('refuses parts that end where no loss is recorded, or beyond the last step', () => {
    for (const parts of [[], [15, 95], [20, 20], [100], [60, 20]])
      expect(() => nodeOf(preset, { steps: 95, parts })).toThrow(/expected parts that end after/);
  });

  test('commits its weights, unless they are large', () => {
    const files = Object.keys(nodeOf(preset, {}).publish!);
    const small = ['weights.safetensors', 'training.json'];
    expect(files).toEqual(preset === 'paper' ? ['training.json'] : small);
  });

  test('says at which step it ends where it is large, and is given the schedule that it names', () => {
    const { parameters, uses } = nodeOf(preset, { steps: 95, warmup: 5 });
    expect(parameters).toMatchObject({ warmup: 5, schedule: 'cosine' });
    expect('until' in parameters).toBe(preset === 'paper');
    expect(uses!['schedule']!.value).toBe(cosine);
  });
});
