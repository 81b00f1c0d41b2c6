import type { Preset } from '../../../artifacts/artifact.ts';
import { readPublished } from '../../results/artifacts.ts';
import { isRun } from '../../results/committed.ts';
import type { PublishedResults } from '../../results/published.ts';
import { readGradientDescent } from '../descent/read.ts';
import type { GradientDescentArtifact } from '../descent/read.ts';

/** What gradient descent leaves of the error, to stand beside what layers leave. */
export interface Descents {
  artifact: GradientDescentArtifact;
  /** Errors by step. */
  curves: { method: string; error: readonly number[] }[];
  published: PublishedResults['descents'];
}

/** The experiment of gradient descent. */
export const DESCENTS = 'gradient-descent';

/**
 * @param name run of the experiment `gradient-descent`
 * @returns nothing before that experiment is run
 * @throws Error naming the figure and the descent that is not there
 */
export async function readDescents(
  name: string,
  preset: Preset,
  neededBy: string,
): Promise<Descents | undefined> {
  if (!isRun(DESCENTS, preset)) return undefined;
  const artifact = await readGradientDescent(neededBy, preset);
  const run = artifact.data.runs[name];
  if (!run)
    throw new Error(`${neededBy}: expected a descent on ${name} inputs, got none; run it again`);
  const { descents } = await readPublished(DESCENTS, neededBy);
  const curves = [
    { method: 'gd', error: run.gd },
    { method: 'gd++', error: run.gdPlusPlus },
  ];
  return { artifact, curves, published: descents };
}
