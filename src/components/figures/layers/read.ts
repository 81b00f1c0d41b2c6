import type { Preset } from '../../../artifacts/artifact.ts';
import { readPublished } from '../../results/artifacts.ts';
import type { PublishedResults } from '../../results/published.ts';
import { trainedOf } from '../learning-curves/facts.ts';
import { readLearningCurves } from '../learning-curves/read.ts';
import type { LearningCurveArtifact } from '../learning-curves/read.ts';
import type { Probe } from './probes.ts';

/** Probes of one experiment after one length of context. */
export interface ProbeSpec {
  /** Experiment. */
  of: string;
  title: string;
  note: string;
  models: readonly string[];
  /** Contexts, in multiples of d. */
  k: readonly number[];
  /** Published figures to lay over it, such as `3d`. */
  published: string;
}

export interface Probed extends ProbeSpec {
  artifact: LearningCurveArtifact;
  probes: readonly Probe[];
  /** d of the published runs, and their probes. */
  publishedD: number;
  theirs: PublishedResults['probes'];
}

/** @throws Error naming the figure and the probe that is not there */
export async function readProbes(
  spec: ProbeSpec,
  preset: Preset,
  neededBy: string,
): Promise<Probed> {
  const artifact = await readLearningCurves(spec.of, neededBy, preset);
  const { d, probes } = artifact.data;
  const models = trainedOf(artifact, spec.models);
  const found = models.flatMap((method) =>
    spec.k.flatMap((multiple) => {
      const own = probes.filter((probe) => probe.method === method && probe.k === multiple * d);
      if (own.length > 0) return own;
      throw new Error(
        `${neededBy}: expected probes of ${method} after ${multiple}d examples in the artifact of ` +
          `${spec.of}, got none; run the experiment again`,
      );
    }),
  );
  const published = await readPublished(spec.of, neededBy);
  const wanted = (k: number) => spec.k.includes(k / published.d);
  const theirs = published.probes.filter(
    ({ figure, method, k }) => figure === spec.published && models.includes(method) && wanted(k),
  );
  return { ...spec, models, artifact, probes: found, publishedD: published.d, theirs };
}
