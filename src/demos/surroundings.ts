import { RENEWED } from '../components/client/renewed.ts';
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

/** A file of the site. @throws Error in words for a reader, with the address */
export async function download(
  { fetch }: Pick<Surroundings, 'fetch'>,
  url: string,
): Promise<Response> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`The file ${url} did not arrive. ${RENEWED}`, { cause });
  });
  if (!response.ok)
    throw new Error(`The file ${url} did not arrive (status ${response.status}). ${RENEWED}`);
  if (response.headers.get('content-type')?.includes('text/html'))
    throw new Error(`A web page came in place of the file ${url}. ${RENEWED}`);
  return response;
}

function jsonOf(text: string, url: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const start = text.trimStart().slice(0, 20);
    throw new Error(
      `The file ${url} does not hold results: it begins with “${start}”. ${RENEWED}`,
      {
        cause,
      },
    );
  }
}

/** @throws Error for results other than those of `artifactKey`, where that is given */
export async function readArtifact(
  around: Surroundings,
  { artifactUrl: url, artifactKey: key }: { artifactUrl: string; artifactKey?: string },
): Promise<Artifact<LearningCurves>> {
  const text = await (await download(around, url)).text();
  const artifact = parseArtifact(jsonOf(text, url), learningCurves, url);
  if (key === undefined || artifact.provenance.key === key) return withWeights(artifact);
  throw new Error(`The results in ${url} are not those that this page shows. ${RENEWED}`);
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
