import type { Size } from './architecture.ts';
import { GPT2, gpt2 } from './gpt2.ts';
import { LSTM, lstm } from './lstm.ts';
import { MAMBA, mamba } from './mamba.ts';
import { MAMBAFORMER, mambaformer } from './mambaformer.ts';
import type { SequenceModel } from './model.ts';
import { RWKV4, rwkv4 } from './rwkv4.ts';
import { S4D, s4d } from './s4d.ts';
import type { VectorConfig } from './vectors.ts';

/** Every architecture, by the name that configurations use: that of its file. */
export const ARCHITECTURES = {
  mamba: { build: mamba, ...MAMBA },
  gpt2: { build: gpt2, ...GPT2 },
  s4d: { build: s4d, ...S4D },
  rwkv4: { build: rwkv4, ...RWKV4 },
  lstm: { build: lstm, ...LSTM },
  mambaformer: { build: mambaformer, ...MAMBAFORMER },
};

export type ModelName = keyof typeof ARCHITECTURES;

/** Configurations of backbones, by name; what stands at their ends is the task's to decide. */
export type BackboneConfigs = {
  [Name in ModelName]: (typeof ARCHITECTURES)[Name]['sizes']['tiny'];
};

export const backbonesOf = (size: Size): BackboneConfigs =>
  Object.fromEntries(
    Object.entries(ARCHITECTURES).map(([name, { sizes }]) => [name, sizes[size]]),
  ) as BackboneConfigs;

/** Of a model over vectors. */
export type ModelConfig = { [Name in ModelName]: BackboneConfigs[Name] & VectorConfig }[ModelName];

export function createModel(config: ModelConfig): SequenceModel {
  const found = ARCHITECTURES[config.model] as { build: unknown } | undefined;
  if (!found) {
    throw new Error(
      `createModel: expected model to be one of ${Object.keys(ARCHITECTURES).join(', ')}, got ${config.model}`,
    );
  }
  return (found.build as (config: ModelConfig) => SequenceModel)(config);
}
