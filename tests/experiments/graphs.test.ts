import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FunctionClass } from '../../experiments/graphs/function-class.ts';
import { presets } from '../../src/artifacts/artifact.ts';
import type { Preset } from '../../src/artifacts/artifact.ts';
import { listExperiments } from '../../src/lab/catalog.ts';
import { graphOf, nodesOf } from '../../src/lab/portable/graph.ts';
import type { Resources } from '../../src/lab/experiment.ts';
import { toJson } from '../../src/lab/hash.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';

const experiments = await listExperiments(openWorkspace(join(import.meta.dirname, '../..')));

describe.each(experiments)('$id', (experiment) => {
  test('has parameters that an artifact can record', () => {
    for (const [preset, parameters] of Object.entries(experiment.presets)) {
      expect(() => toJson(parameters, preset)).not.toThrow();
    }
  });

  test.each(presets.filter((preset) => preset in experiment.presets))(
    'has a graph at %s, each node and each published file of which has a name of its own',
    (preset) => {
      const nodes = nodesOf(graphOf(experiment, preset));
      const files = nodes.flatMap(({ publish }) => Object.values(publish ?? {}));
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
      expect(new Set(files).size).toBe(files.length);
      for (const file of files) {
        expect(file).toMatch(new RegExp(`^weights/${experiment.id}\\.${preset}/[a-z0-9.-]+$`));
      }
    },
  );
});

const paper = (id: string) =>
  experiments.find((experiment) => experiment.id === id)!.presets.paper as FunctionClass;

/** Where training starts and ends: dimensions, points (content/methods.mdx, Training). */
const curriculum = (id: string, method: string) => {
  const { dims, points } = paper(id).models[method]!.curriculum;
  return [dims.start, dims.end, points.start, points.end];
};

describe('the published configuration', () => {
  test.each([
    ['skewed-linear-regression', ['mamba', 'gpt2', 's4d']],
    ['isotropic-linear-regression', ['mamba', 'gpt2']],
    ['sparse-linear-regression', ['mamba', 'gpt2']],
    ['relu-network', ['mamba', 'gpt2']],
    ['decision-tree', ['mamba', 'gpt2']],
    ['longer-contexts', ['mamba-4d', 'gpt2-4d', 'mamba-8d', 'gpt2-8d']],
  ])('%s trains %j', (id, methods) => {
    const { d, seeds, models, evaluation, probe } = paper(id);
    expect(Object.keys(models)).toEqual(methods);
    expect({ d, seeds }).toEqual({ d: 20, seeds: [1, 2, 3].slice(0, seeds.length) });
    expect(evaluation).toMatchObject({ prompts: 1280, batch: 64, points: 501 });
    expect(probe).toMatchObject({ tasks: 128, fitted: 10, tested: 40 });
    for (const run of Object.values(models)) {
      const s4 = run.config.model === 's4d';
      expect(run).toMatchObject({ batch: 64, steps: 500_001, learningRate: s4 ? 1e-3 : 1e-4 });
      expect(run.schedule).toBe(id.startsWith('isotropic') ? 'constant' : 'cosine');
      expect(run.config.n_dims).toBe(20);
      expect(run.config.n_layer).toBe(run.config.model === 'gpt2' ? 12 : 24);
    }
  });

  test('grows dimensions and points together, to their ends at step 30,000', () => {
    expect(curriculum('skewed-linear-regression', 'mamba')).toEqual([5, 20, 11, 41]);
    expect(curriculum('sparse-linear-regression', 'gpt2')).toEqual([5, 20, 11, 41]);
    expect(curriculum('relu-network', 'mamba')).toEqual([5, 20, 26, 101]);
    expect(curriculum('decision-tree', 'gpt2')).toEqual([5, 20, 26, 101]);
    for (const id of ['skewed-linear-regression', 'relu-network']) {
      const { dims, points } = paper(id).models['mamba']!.curriculum;
      for (const { start, end, by, every } of [dims, points]) {
        expect(((end - start) / by) * every).toBe(30_000);
      }
    }
  });

  test('has the published functions', () => {
    const tasks = ['sparse-linear-regression', 'relu-network', 'decision-tree'].map(
      (id) => paper(id).task,
    );
    expect(tasks).toEqual([
      { task: 'sparse-linear-regression', sparsity: 3 },
      { task: 'relu-network', hidden: 100 },
      { task: 'decision-tree', depth: 4 },
    ]);
    expect(paper('skewed-linear-regression').task).toMatchObject({ inputs: 'skewed' });
    expect(paper('isotropic-linear-regression').task).toMatchObject({ inputs: 'isotropic' });
  });

  test('descends for 24 points of a curve on 40 examples of d = 20, from 300 values of γ', () => {
    const found = experiments.find(({ id }) => id === 'gradient-descent')!.presets.paper;
    expect(found).toMatchObject({ d: 20, k: 40, steps: 23, gammas: 300 });
  });
});

describe('what a cluster is asked for', () => {
  const asked = (preset: Preset): Record<string, Resources> =>
    Object.fromEntries(
      experiments
        .filter(({ presets }) => preset in presets)
        .flatMap((experiment) =>
          nodesOf(graphOf(experiment, preset)).map((node) => [
            `${experiment.id}/${node.id}`,
            node.resources ?? {},
          ]),
        ),
    );

  test('is said by every node of the published configuration, and by no smaller one', () => {
    for (const [id, { gpus, cpus, memoryGb, minutes }] of Object.entries(asked('paper'))) {
      const usesModel = /\/(?:train|probe|order)\/|\/evaluate\/[a-z0-9-]+-\d$/.test(id);
      expect([id, gpus]).toEqual([id, usesModel ? 1 : undefined]);
      for (const value of [cpus, memoryGb, minutes]) expect(value).toBeGreaterThan(0);
    }
    for (const preset of ['smoke', 'small'] as const)
      expect(Object.values(asked(preset)).filter((own) => Object.keys(own).length > 0)).toEqual([]);
  });
});
