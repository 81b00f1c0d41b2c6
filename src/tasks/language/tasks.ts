/**
 * The 18 tasks of Hendel et al. 2023 ("In-Context Learning Creates Task Vectors") that the paper asks of language
 * models, in the order of the published code. Pairs come from files (./sources.ts); letters and lists are generated.
 */

/** How an answer is compared with what is expected. */
export type Scoring = 'exact' | 'prefix' | 'synonym';

export interface PairsTask {
  readonly kind: 'pairs';
  /** Such as `translation/fr_en`, of ./sources.ts. */
  readonly file: string;
  /** Whether only pairs are kept whose output is one token. */
  readonly singleToken: boolean;
  readonly scoring: Scoring;
  /** Of the outputs, where synonyms count. */
  readonly language?: SynonymLanguage;
}
export type SynonymLanguage = 'en' | 'fr' | 'es';

interface LettersTask {
  readonly kind: 'letters';
  readonly inputs: string;
  /** The output of each letter, in the same order. */
  readonly outputs: string;
  readonly scoring: 'exact';
}

interface ListsTask {
  readonly kind: 'lists';
  /** Which element is the output. */
  readonly pick: 'first' | 'last';
  readonly scoring: 'exact';
}

export type LanguageTask = PairsTask | LettersTask | ListsTask;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

const letters = (inputs: string, outputs: string): LettersTask => ({
  kind: 'letters',
  inputs,
  outputs,
  scoring: 'exact',
});
const lists = (pick: ListsTask['pick']): ListsTask => ({ kind: 'lists', pick, scoring: 'exact' });
const translation = (from: SynonymLanguage, to: SynonymLanguage): PairsTask => ({
  kind: 'pairs',
  file: `translation/${from}_${to}`,
  singleToken: true,
  scoring: 'synonym',
  language: to,
});
const linguistic = (name: string): PairsTask => ({
  kind: 'pairs',
  file: `linguistic/${name}`,
  singleToken: true,
  scoring: 'exact',
});
const knowledge = (name: string): PairsTask => ({
  kind: 'pairs',
  file: `knowledge/${name}`,
  singleToken: false,
  scoring: 'prefix',
});

export const LANGUAGE_TASKS = {
  translation_fr_en: translation('fr', 'en'),
  linguistic_present_simple_gerund: linguistic('present_simple_gerund'),
  knowledge_country_capital: knowledge('country_capital'),
  algorithmic_next_letter: letters(LOWER.slice(0, -1), LOWER.slice(1)),
  translation_es_en: translation('es', 'en'),
  translation_en_fr: translation('en', 'fr'),
  translation_en_es: translation('en', 'es'),
  linguistic_present_simple_past_simple: linguistic('present_simple_past_simple'),
  linguistic_plural_singular: linguistic('plural_singular'),
  linguistic_antonyms: linguistic('antonyms'),
  knowledge_person_language: knowledge('person_language'),
  knowledge_location_continent: knowledge('location_continent'),
  knowledge_location_religion: knowledge('location_religion'),
  algorithmic_prev_letter: letters(LOWER.slice(1), LOWER.slice(0, -1)),
  algorithmic_list_first: lists('first'),
  algorithmic_list_last: lists('last'),
  algorithmic_to_upper: letters(LOWER, UPPER),
  algorithmic_to_lower: letters(UPPER, LOWER),
} as const satisfies Record<string, LanguageTask>;
export type LanguageTaskName = keyof typeof LANGUAGE_TASKS;

export const LANGUAGE_TASK_NAMES = Object.keys(LANGUAGE_TASKS) as LanguageTaskName[];
