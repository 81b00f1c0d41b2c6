import { Config } from '../checkpoints/config.ts';
import { fault } from '../checkpoints/fault.ts';
import { isObject } from '../checkpoints/json.ts';

/** A group of settings inside a configuration; empty where there is none. */
export function group(config: Config, name: string): Config {
  const found = config.values[name];
  return new Config(`${config.where}: ${name}`, isObject(found) ? found : {});
}

/** Refuses what this project does not compute, rather than computing something else. */
export function insist<T>(config: Config, name: string, got: T, allowed: readonly T[]): T {
  if (allowed.includes(got)) return got;
  const wanted = allowed.map((value) => JSON.stringify(value)).join(' or ');
  return fault(
    `${config.where}: ${name}`,
    wanted,
    JSON.stringify(got),
    'take a checkpoint of the published kind',
  );
}

/**
 * The name of the tensor that the head reads: the embedding where both are one, which older configurations forget to
 * say.
 * @param usually whether models of this architecture share them
 */
export function headTensor(
  config: Config,
  stored: (name: string) => boolean,
  { embedding, head, usually }: { embedding: string; head: string; usually: boolean },
): string {
  const isSaid = typeof config.values['tie_word_embeddings'] === 'boolean';
  const tied = config.boolean('tie_word_embeddings', {
    aliases: ['tie_embeddings'],
    missing: usually,
  });
  return tied || (!isSaid && !stored(head)) ? embedding : head;
}

/** Settings of rotary positions, as they are written since transformers 5, or before. */
export function turning(config: Config, head: number, fraction: { name: string; missing: number }) {
  const settings = group(config, 'rope_parameters');
  const scaling = group(config, 'rope_scaling');
  for (const part of [settings, scaling]) {
    const kind = part.text('rope_type', { aliases: ['type'], missing: 'default' });
    insist(part, 'rope_type', kind, ['default']);
  }
  const older = config.number('rope_theta', { aliases: ['rotary_emb_base'], missing: 10_000 });
  const part = config.number(fraction.name, {
    aliases: ['partial_rotary_factor'],
    missing: fraction.missing,
  });
  return {
    base: settings.number('rope_theta', { missing: older }),
    rotated: Math.floor(head * settings.number('partial_rotary_factor', { missing: part })),
  };
}
