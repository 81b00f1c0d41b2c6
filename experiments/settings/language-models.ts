import { join } from 'node:path';
import type { CheckpointSource } from '../../src/lab/experiment.ts';
import { readModels } from '../../src/lab/models.ts';

/** From the root; `lab run hendel --model …` adds to it. */
export const MODELS = 'experiments/settings/language-models.json';

export interface AskedModel {
  /** As in figures and claims, such as `Mamba 130M`. */
  name: string;
  /** In ids of nodes. */
  slug: string;
  repository: string;
  revision: string | null;
  source: CheckpointSource;
}

/** Models that were published under a name of their own. */
const PUBLISHED: [RegExp, string][] = [
  [/^state-spaces\/mamba-2\.8b-slimpj(-hf)?$/, 'Mamba 2.8B (SlimPajama)'],
  [/^state-spaces\/mamba-([\d.]+[mb])(-hf)?$/, 'Mamba'],
  [/^RWKV\/rwkv-4-([\d.b]+[mb5])-pile$/, 'RWKV-4'],
  [/^EleutherAI\/pythia-([\d.]+[mb])$/, 'Pythia'],
  [/^EleutherAI\/gpt-j-(6b)$/i, 'GPT-J'],
  [/^huggyllama\/llama-(\d+b)$/, 'LLaMA'],
];

/** `state-spaces/mamba-130m-hf` → `Mamba 130M`; of another repository, what follows its owner. */
export function nameOfModel(repository: string): string {
  for (const [pattern, family] of PUBLISHED) {
    const [found, size] = pattern.exec(repository) ?? [];
    if (found === undefined) continue;
    if (size === undefined || size.startsWith('-')) return family;
    return `${family} ${size.replace('1b5', '1.5b').toUpperCase()}`;
  }
  return repository.slice(repository.indexOf('/') + 1);
}

/** The models that were declared. */
export const askedModels = (): AskedModel[] =>
  readModels(join(import.meta.dirname, 'language-models.json')).map((source) => ({
    name: nameOfModel(source.repository),
    slug: source.repository.slice(source.repository.indexOf('/') + 1),
    repository: source.repository,
    revision: source.revision,
    source,
  }));

/** A tiny model with random weights that lies beside its pairs: for trial runs. */
export const TRIAL_MODEL: AskedModel = {
  name: 'random, tiny',
  slug: 'trial',
  repository: 'experiments/trial',
  revision: null,
  source: { folder: 'experiments/trial' },
};
