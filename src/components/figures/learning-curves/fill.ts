import type { Preset } from '../../../artifacts/artifact.ts';
import { methodsOf } from '../../drawing/methods.ts';
import { readPublished } from '../../results/artifacts.ts';
import type { Overlay } from './axes.ts';
import { curvesOf, trainedOf, trainingsOf } from './facts.ts';
import type { Curve } from './facts.ts';
import { readLearningCurves } from './read.ts';
import type { LearningCurveArtifact } from './read.ts';
import type { PanelSpec } from './spec.ts';

/** A panel with the results it shows. */
export interface Filled extends PanelSpec {
  artifact: LearningCurveArtifact;
  models: readonly string[];
  /** Trained models, then baselines. */
  methods: readonly string[];
  curves: readonly Curve[];
  /** Longest context in training, in multiples of d. */
  trained: number;
  overlay: Overlay | undefined;
}

/** @throws Error naming the figure and the artifact, curve or published panel that is not there */
export async function fillPanel(
  spec: PanelSpec,
  preset: Preset,
  neededBy: string,
): Promise<Filled> {
  const artifact = await readLearningCurves(spec.of, neededBy, preset);
  const { data } = artifact;
  const models = spec.models ? trainedOf(artifact, spec.models) : methodsOf(data.trainings);
  const methods = [...models, ...spec.baselines];
  const where = `${neededBy}: ${spec.of}`;
  const points = models.flatMap((method) =>
    trainingsOf(data, method, where).map(({ trainedPoints }) => trainedPoints),
  );
  return {
    ...spec,
    artifact,
    models,
    methods,
    curves: methods.flatMap((method) => curvesOf(data, method, spec.on, where)),
    trained: (Math.min(...points) - 1) / data.d,
    overlay: spec.published ? await publishedPanel(spec, neededBy) : undefined,
  };
}

async function publishedPanel(
  { of, on, published }: PanelSpec,
  neededBy: string,
): Promise<Overlay> {
  const { panels, d } = await readPublished(of, neededBy);
  const panel = panels.find(({ figure, evaluation }) => figure === published && evaluation === on);
  if (panel) return { panel, d };
  const known = panels.map(({ figure, evaluation }) => `${figure} on ${evaluation}`).join(', ');
  throw new Error(
    `${neededBy}: expected the published panel ${published} on ${on}, got ${known || 'none'}; ` +
      `correct the figure or experiments/reference/${of}.json`,
  );
}
