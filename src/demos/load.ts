import type { LearningCurves } from '../artifacts/learning-curves.ts';
import { createModel } from '../models/index.ts';
import type { ModelConfig } from '../models/index.ts';
import type { Parameters, SequenceModel } from '../models/model.ts';
import { decode } from '../numerics/safetensors.ts';
import { toTensors } from '../numerics/tensors.ts';
import { download, trainingOf } from './surroundings.ts';
import type { Surroundings, Training } from './surroundings.ts';

async function sha256(bytes: BufferSource): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new Error(
      'The weights cannot be checked here: open this page over https or on localhost.',
    );
  }
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Fetches a training's weights, checks them against the artifact and puts them on the device. */
async function loadParameters(
  around: Surroundings,
  url: string,
  training: Training,
): Promise<Parameters> {
  const bytes = await (await download(around, url)).arrayBuffer();
  const hash = await sha256(bytes);
  if (hash !== training.weightsSha256) {
    throw new Error(
      `The weights in ${url} are not those of the artifact (sha256 ${hash.slice(0, 12)}…, ` +
        `expected ${training.weightsSha256.slice(0, 12)}…); reload the page.`,
    );
  }
  return toTensors(decode(new Uint8Array(bytes)));
}

/** A published model with its weights, checked against the artifact. */
export async function openModel(
  request: { artifactUrl: string; method: string; seed: number },
  around: Surroundings,
  data: LearningCurves,
): Promise<{ training: Training; model: SequenceModel; parameters: Parameters }> {
  const training = trainingOf(data, request);
  const weightsUrl = new URL(`../${training.weights}`, request.artifactUrl).href;
  const parameters = await loadParameters(around, weightsUrl, training);
  return { training, model: createModel(training.config as unknown as ModelConfig), parameters };
}
