import { createModel } from '../../models/index.ts';
import type { ModelConfig } from '../../models/index.ts';
import type { ParameterValues, SequenceModel } from '../../models/model.ts';
import { RandomStream } from '../../numerics/random.ts';
import type { Prompts } from '../../tasks/prompts.ts';

export interface PromptShape {
  batch: number;
  /** Two a point. */
  tokens: number;
}

export interface ModelWorkload {
  model: SequenceModel;
  values: ParameterValues;
  prompts: Prompts;
}

/** A model with its initial parameters, and drawn prompts. */
export function modelWorkload(config: ModelConfig, { batch, tokens }: PromptShape): ModelWorkload {
  const random = RandomStream.fromSeed(0);
  const d = config.n_dims;
  const points = tokens / 2;
  const xs = random.fork('xs').normals(batch * points * d);
  const prompts = { batch, points, d, xs, ys: random.fork('ys').normals(batch * points) };
  const model = createModel(config);
  return { model, prompts, values: model.init(random.fork('init')) };
}
