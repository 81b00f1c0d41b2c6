/** Wordnets of a few words in the layout of the real archives. */
import { zipSync } from 'fflate';
import type { WordnetArchives } from '../../../src/tasks/language/wordnet.ts';

const LICENCE = '  1 This software and database is being provided to you\n  2 by its owner.\n';

/** Words of each synset, by part of speech. */
const SYNSETS = {
  noun: [['house', 'home'], ['mouse'], ['car', 'auto', 'motorcar'], ['city', 'New_York']],
  verb: [
    ['go', 'travel', 'move'],
    ['have', 'own'],
  ],
  adj: [
    ['big', 'large'],
    ['galore(ip)', 'abounding'],
  ],
  adv: [['quickly', 'fast']],
};
const EXCEPTIONS = { noun: 'mice mouse\n', verb: 'went go\nhad have\n', adj: '', adv: '' };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function part(name: keyof typeof SYNSETS): Record<string, Uint8Array> {
  let data = LICENCE;
  const offsets = new Map<string, number[]>();
  for (const words of SYNSETS[name]) {
    for (const word of words) {
      const lemma = word.replace(/\(.*/, '').toLowerCase();
      offsets.set(lemma, [...(offsets.get(lemma) ?? []), data.length]);
    }
    const count = words.length.toString(16).padStart(2, '0');
    const offset = String(data.length).padStart(8, '0');
    data += `${offset} 03 n ${count} ${words.map((word) => `${word} 0`).join(' ')} 001 @ 00000000 n 0000 | gloss  \n`;
  }
  const index = [...offsets].map(
    ([lemma, found]) =>
      `${lemma} n ${found.length} 1 @ ${found.length} 0 ${found.map((offset) => String(offset).padStart(8, '0')).join(' ')}  \n`,
  );
  return {
    [`wordnet/data.${name}`]: bytes(data),
    [`wordnet/index.${name}`]: bytes(LICENCE + index.join('')),
    [`wordnet/${name}.exc`]: bytes(EXCEPTIONS[name]),
  };
}

const FRENCH =
  '# Wordnet Libre du Français\tfra\thttp://example.org\tCeCILL-C\n' +
  '00000001-n\tfra:lemma\tmaison\n00000001-n\tfra:lemma\tdomicile\n00000001-n\tfra:def\t0\tlogis\n' +
  '00000002-n\tfra:lemma\tchemin de fer\n00000002-n\tfra:lemma\trail\n';
const SPANISH =
  '# MCR\tspa\thttp://example.org\tCC BY 3.0\n00000001-n\tlemma\tcasa\n00000001-n\tlemma\thogar\n';

export const archives: WordnetArchives = {
  wordnet: zipSync({ ...part('noun'), ...part('verb'), ...part('adj'), ...part('adv') }),
  omw: zipSync({
    'omw-1.4/fra/wn-data-fra.tab': bytes(FRENCH),
    'omw-1.4/spa/wn-data-spa.tab': bytes(SPANISH),
  }),
};
