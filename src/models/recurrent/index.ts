import type { ModelConfig } from '../index.ts';
import type { RecurrentModel } from '../model.ts';
import { recurrentLstm } from './lstm.ts';
import { recurrentMamba } from './mamba.ts';
import { recurrentRwkv4 } from './rwkv4.ts';
import { recurrentS4d } from './s4d.ts';

/** The token-by-token form of an architecture; undefined where its memory grows, as with attention. */
export function createRecurrentModel(config: ModelConfig): RecurrentModel | undefined {
  switch (config.model) {
    case 'mamba':
      return recurrentMamba(config);
    case 's4d':
      return recurrentS4d(config);
    case 'rwkv4':
      return recurrentRwkv4(config);
    case 'lstm':
      return recurrentLstm(config);
    case 'gpt2':
    case 'mambaformer':
      return undefined;
  }
}
