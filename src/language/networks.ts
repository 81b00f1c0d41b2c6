import type { Config } from '../checkpoints/config.ts';
import { fault } from '../checkpoints/fault.ts';
import { gptNeoX } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { gptJ } from './gptj.ts';
import { llama } from './llama.ts';
import { mamba } from './mamba.ts';
import type { Network } from './network.ts';
import { rwkv } from './rwkv.ts';

/** By `model_type`. */
const NETWORKS: Readonly<
  Record<string, (config: Config, stored: (name: string) => boolean) => Network>
> = { mamba, rwkv, gpt_neox: gptNeoX, gpt2, gptj: gptJ, llama };

/**
 * The network that a configuration describes.
 * @param stored whether the checkpoint has a tensor of that name
 * @throws CheckpointError for an architecture, or a variant of one, that is not computed here
 */
export function networkOf(config: Config, stored: (name: string) => boolean): Network {
  const name = isOriginalMamba(config) ? 'mamba' : config.architecture;
  const make = Object.hasOwn(NETWORKS, name) ? NETWORKS[name] : undefined;
  if (make) return make(config, stored);
  const known = Object.keys(NETWORKS).join(', ');
  return fault(`${config.where}: model_type`, `one of ${known}`, name, 'take another checkpoint');
}

/** Configurations of `mamba_ssm` do not say what they are of. */
const isOriginalMamba = ({ values }: Config): boolean =>
  values['model_type'] === undefined &&
  values['architectures'] === undefined &&
  values['d_model'] !== undefined &&
  values['n_layer'] !== undefined;
