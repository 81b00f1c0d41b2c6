import { unzipSync } from 'fflate';
import type { Synonyms } from './scoring.ts';
import type { SynonymLanguage } from './tasks.ts';

/** Bytes of WORDNET_FILES (./sources.ts). */
export interface WordnetArchives {
  readonly wordnet: Uint8Array;
  readonly omw: Uint8Array;
}

/** Synonyms in a language: all lemmas of all synsets of a word, as NLTK finds them. */
export function synonymsIn(language: SynonymLanguage, { wordnet, omw }: WordnetArchives): Synonyms {
  if (language === 'en')
    return englishSynonyms(unpack(wordnet, /(index|data)\.(noun|verb|adj|adv)$|\.exc$/));
  const code = { fr: 'fra', es: 'spa' }[language];
  const files = unpack(omw, new RegExp(`wn-data-${code}\\.tab$`));
  return tabSynonyms(text(files, `wn-data-${code}.tab`), code);
}

type Unpacked = ReadonlyMap<string, Uint8Array>;

/** Files of an archive by name, without folders. */
function unpack(archive: Uint8Array, wanted: RegExp): Unpacked {
  const files = unzipSync(archive, { filter: ({ name }) => wanted.test(name) });
  return new Map(
    Object.entries(files).map(([path, bytes]) => [path.slice(path.lastIndexOf('/') + 1), bytes]),
  );
}

function bytesOf(files: Unpacked, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes) return bytes;
  throw new Error(
    `wordnet: expected ${name} in the archive, got ${[...files.keys()].join(', ') || 'none such'}; fetch it again`,
  );
}
const text = (files: Unpacked, name: string): string =>
  new TextDecoder().decode(bytesOf(files, name));

/** Endings of inflected forms and what stands for them in the base form. */
const ENDINGS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  noun: [
    ['s', ''],
    ['ses', 's'],
    ['ves', 'f'],
    ['xes', 'x'],
    ['zes', 'z'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['men', 'man'],
    ['ies', 'y'],
  ],
  verb: [
    ['s', ''],
    ['ies', 'y'],
    ['es', 'e'],
    ['es', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ],
  adj: [
    ['er', ''],
    ['est', ''],
    ['er', 'e'],
    ['est', 'e'],
  ],
  adv: [],
};

function englishSynonyms(files: Unpacked): Synonyms {
  const parts = Object.entries(ENDINGS).map(([part, endings]) => {
    const index = indexOf(text(files, `index.${part}`));
    const exceptions = exceptionsOf(text(files, `${part}.exc`));
    const data = bytesOf(files, `data.${part}`);
    return (word: string): string[] =>
      baseForms(word, index, exceptions, endings)
        .flatMap((form) => index.get(form) ?? [])
        .flatMap((offset) => lemmasAt(data, offset));
  });
  return (word) => parts.flatMap((part) => part(word.toLowerCase()));
}

/** Lines that are not of the licence, which begins with spaces. */
const lines = (file: string): string[] => file.split('\n').filter((line) => /^\S/.test(line));

/** Offsets of synsets by lemma: `lemma pos n p_cnt [symbols] n tagsense_cnt offset …` */
function indexOf(file: string): Map<string, number[]> {
  return new Map(
    lines(file).map((line) => {
      const [lemma = '', , count, ...rest] = line.trim().split(' ');
      return [lemma, rest.slice(-Number(count)).map(Number)];
    }),
  );
}

/** Base forms by irregular form. */
function exceptionsOf(file: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines(file)) {
    const [form = '', ...bases] = line.trim().split(' ');
    found.set(form, bases);
  }
  return found;
}

function baseForms(
  word: string,
  index: ReadonlyMap<string, unknown>,
  exceptions: ReadonlyMap<string, readonly string[]>,
  endings: (typeof ENDINGS)[string],
): string[] {
  const known = (forms: readonly string[]): string[] =>
    [...new Set(forms)].filter((form) => index.has(form));
  const irregular = exceptions.get(word);
  if (irregular) return known([word, ...irregular]);
  const stripped = (forms: readonly string[]): string[] =>
    forms.flatMap((form) =>
      endings
        .filter(([ending]) => form.endsWith(ending))
        .map(([ending, instead]) => form.slice(0, -ending.length) + instead),
    );
  let forms = stripped([word]);
  const found = known([word, ...forms]);
  while (found.length === 0 && forms.length > 0) {
    forms = stripped(forms);
    found.push(...known(forms));
  }
  return found;
}

const NEWLINE = '\n'.charCodeAt(0);

/** The words of a synset: `offset lex_filenum ss_type w_cnt word lex_id [word lex_id …] …`, the count in hexadecimal. */
function lemmasAt(data: Uint8Array, offset: number): string[] {
  const line = new TextDecoder().decode(data.subarray(offset, data.indexOf(NEWLINE, offset)));
  const [, , , count = '', ...words] = line.split(' ');
  return Array.from({ length: Number.parseInt(count, 16) }, (_, i) =>
    // Without a mark of where an adjective may stand, such as (p).
    words[2 * i]!.replace(/\(.*\)$/, ''),
  );
}

/** Of a file of the Open Multilingual Wordnet: `00001740-n<tab>fra:lemma<tab>entité` */
function tabSynonyms(file: string, code: string): Synonyms {
  const [synsets, lemmas] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const line of file.split('\n')) {
    const [synset = '', label = '', ...rest] = line.split('\t');
    if (label !== 'lemma' && label !== `${code}:lemma`) continue;
    const lemma = (rest.at(-1) ?? '').trim().replaceAll(' ', '_');
    put(synsets, lemma.toLowerCase(), synset);
    put(lemmas, synset, lemma);
  }
  return (word) =>
    (synsets.get(word.toLowerCase()) ?? []).flatMap((synset) => lemmas.get(synset) ?? []);
}

function put(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
