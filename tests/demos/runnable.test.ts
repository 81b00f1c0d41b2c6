import { expect, test, vi } from 'vitest';
import type { Drawing, Runnable } from '../../src/components/drawing/drawing.ts';
import { groupPanels } from '../../src/demos/runnable.ts';
import { exampleData } from '../components/example-data.ts';

vi.mock('astro:config/server', () => ({ root: import.meta.url, publicDir: import.meta.url }));

const artifact = { id: 'example', preset: 'small', data: exampleData } as Runnable['artifact'];

const panel = (title: string, runnable?: Runnable): Drawing['panels'][number] => ({
  title,
  note: '',
  svg: '',
  ...(runnable && { runnable }),
});

const groupsOf = (panels: Drawing['panels']) => groupPanels({ panels }, 'curves', 'here');

test('panels of the same models are one group, others have their own', () => {
  const groups = groupsOf([
    panel('a', { shows: 'curves', artifact, evaluation: 'training', models: ['mamba', 'gpt2'] }),
    panel('b', { shows: 'curves', artifact, evaluation: 'isotropic', models: ['mamba', 'gpt2'] }),
    panel('c', { shows: 'curves', artifact, evaluation: 'isotropic', models: ['gpt2'] }),
    panel('losses', { shows: 'losses', artifact, models: ['gpt2'] }),
    panel('a drawing of something else'),
  ]);
  expect(groups.map(({ title, evaluations }) => [title, evaluations])).toEqual([
    ['a', ['training', 'isotropic']],
    ['c', ['isotropic']],
  ]);
});

test('a figure without learning curves says so', () => {
  expect(() => groupsOf([panel('only a drawing')])).toThrow(
    /here: expected a figure of learning curves/,
  );
});
