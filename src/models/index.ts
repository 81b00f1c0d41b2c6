import type { Size } from './architecture.ts';
import { backbone as gpt2RotaryBackbone } from './gpt2-rotary.ts';
import type { Gpt2RotaryConfig } from './gpt2-rotary.ts';
import { GPT2, gpt2 } from './gpt2.ts';
import { LSTM, lstm } from './lstm.ts';
import { MAMBA, mamba } from './mamba.ts';
import { MAMBAFORMER, mambaformer } from './mambaformer.ts';
import type { Backbone, SequenceModel } from './model.ts';
import { RWKV4, rwkv4 } from './rwkv4.ts';
import { S4D, s4d } from './s4d.ts';
import { tokenModel } from './tokens.ts';
import type { TokenConfig, TokenModel } from './tokens.ts';
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
  const { build } = entryOf(ARCHITECTURES, config.model, 'createModel') as { build: unknown };
  return (build as (config: ModelConfig) => SequenceModel)(config);
}

/** What may stand between ends for tokens: every architecture, and the Transformer with positions. */
export const BACKBONES = {
  ...backbones(),
  'gpt2-rotary': gpt2RotaryBackbone,
};

type Backbones = { [Name in ModelName]: (typeof ARCHITECTURES)[Name]['backbone'] };

function backbones(): Backbones {
  const entries = Object.entries(ARCHITECTURES).map(([name, { backbone }]) => [name, backbone]);
  return Object.fromEntries(entries) as Backbones;
}

/** Of a model over tokens. */
export type TokenModelConfig = (BackboneConfigs[ModelName] | Gpt2RotaryConfig) & TokenConfig;

export function createTokenModel(config: TokenModelConfig): TokenModel {
  const backbone = entryOf(BACKBONES, config.model, 'createTokenModel');
  return tokenModel((backbone as (config: TokenModelConfig) => Backbone)(config), config);
}

function entryOf<Table extends object>(
  table: Table,
  name: keyof Table & string,
  where: string,
): Table[keyof Table] {
  if (Object.hasOwn(table, name)) return table[name];
  throw new Error(
    `${where}: expected model to be one of ${Object.keys(table).join(', ')}, got ${name}`,
  );
}
