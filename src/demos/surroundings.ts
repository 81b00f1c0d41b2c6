import { parseArtifact } from '../artifacts/artifact.ts';
import type { Artifact } from '../artifacts/artifact.ts';
import { learningCurves, withWeights } from '../artifacts/learning-curves.ts';
import type { LearningCurves } from '../artifacts/learning-curves.ts';
import type { BackendName, Runtime } from '../runtime/runtime.ts';

/** What an engine needs from where it runs: a worker of the page, or a test. */
export interface Surroundings {
  openRuntime(backend: BackendName | undefined): Promise<Runtime>;
  fetch(url: string): Promise<Response>;
}

/** @throws Error in words for a reader */
export async function download(around: Surroundings, url: string): Promise<Response> {
  const response = await around.fetch(url);
  if (response.ok) return response;
  throw new Error(
    `The file ${url} did not arrive (status ${response.status}); check the connection and try again.`,
  );
}

export async function readArtifact(
  around: Surroundings,
  url: string,
): Promise<Artifact<LearningCurves>> {
  const json: unknown = await (await download(around, url)).json();
  return withWeights(parseArtifact(json, learningCurves, url));
}

export type Training = LearningCurves['trainings'][number];

/** The published training that a request names. */
export function trainingOf(
  data: LearningCurves,
  { method, seed }: { method: string; seed: number },
): Training {
  const training = data.trainings.find((t) => t.method === method && t.seed === seed);
  if (training) return training;
  throw new Error(
    `The artifact holds no training of ${method} with seed ${seed}; choose another model.`,
  );
}
