import { gpt2 } from './gpt2.ts';
import type { Gpt2Config } from './gpt2.ts';
import { lstm } from './lstm.ts';
import type { LstmConfig } from './lstm.ts';
import { mamba } from './mamba.ts';
import type { MambaConfig } from './mamba.ts';
import { mambaformer } from './mambaformer.ts';
import type { MambaFormerConfig } from './mambaformer.ts';
import type { SequenceModel } from './model.ts';
import { rwkv4 } from './rwkv4.ts';
import type { Rwkv4Config } from './rwkv4.ts';
import { s4d } from './s4d.ts';
import type { S4dConfig } from './s4d.ts';

export type ModelConfig =
  MambaConfig | Gpt2Config | S4dConfig | Rwkv4Config | LstmConfig | MambaFormerConfig;
export type ModelName = ModelConfig['model'];

/** Every architecture, by the name that configurations use. */
export const MODELS: {
  [Name in ModelName]: (config: Extract<ModelConfig, { model: Name }>) => SequenceModel;
} = {
  mamba,
  gpt2,
  s4d,
  rwkv4,
  lstm,
  mambaformer,
};

export function createModel(config: ModelConfig): SequenceModel {
  const build = MODELS[config.model] as ((config: ModelConfig) => SequenceModel) | undefined;
  if (!build) {
    throw new Error(
      `createModel: expected model to be one of ${Object.keys(MODELS).join(', ')}, got ${config.model}`,
    );
  }
  return build(config);
}
