import type { Preset } from '../src/artifacts/artifact.ts';
import { gradientDescentRuns } from '../src/artifacts/mechanisms.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { descend } from './nodes/descend.ts';
import type { DescendParameters } from './nodes/descend.ts';
import { resourcesOf } from './settings/resources.ts';
import { mechanismsOf, scaleOf } from './settings/scale.ts';

function parameters(preset: Preset): DescendParameters {
  const scale = scaleOf(preset);
  return {
    d: scale.d,
    inputs: { skewed: 'skewed', isotropic: 'isotropic' },
    k: 2 * scale.d,
    probe: mechanismsOf(scale, [2]).probe,
    // 24 points on the published curve, w = 0 among them.
    steps: 23,
    gammas: preset === 'smoke' ? 20 : 300,
  };
}

/**
 * The descents beside the layers of figure 3d, divided by d once (content/reproduction-notes.mdx, Gradient descent is
 * divided by d twice), and figure 11's choice of γ.
 */
export const experiment = defineExperiment({
  id: 'gradient-descent',
  title: 'Gradient descent and GD++ on the prompts of the probes',
  presets: {
    smoke: parameters('smoke'),
    small: parameters('small'),
    paper: parameters('paper'),
  },
  data: gradientDescentRuns,
  graph: (parameters, preset) =>
    node({
      id: 'descend',
      module: import.meta.resolve('./nodes/descend.ts'),
      run: descend,
      parameters,
      ...resourcesOf(preset, 'baseline'),
    }),
});
