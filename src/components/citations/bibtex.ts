import { parse } from '@retorquere/bibtex-parser';
import type { Entry } from '@retorquere/bibtex-parser';
import { addressOf, itemOf } from './csl-item.ts';
import type { CslItem } from './csl-item.ts';

export interface Reference {
  key: string;
  /** Of its first line in the file. */
  line: number;
  item: CslItem;
  url: string | undefined;
  /** The entry as it stands in the file. */
  source: string;
}

export interface Bibliography {
  references: Map<string, Reference>;
  /** What was not read, as `references.bib:12: …`. */
  faults: string[];
}

/** TeX's own fonts have other signs in the place of < and >, and letters without dots for accents. */
const asMeant = (text: string, source: string): string =>
  text
    .replaceAll(/[¡¿]/g, (sign) => (source.includes(sign) ? sign : sign === '¡' ? '<' : '>'))
    .replaceAll(/ı(?=[\u0300-\u036F])/g, 'i')
    .replaceAll(/ȷ(?=[\u0300-\u036F])/g, 'j')
    .normalize('NFC');

/** Every text in a value, changed. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change)]),
  );
}

function needed(where: string, { fields }: Entry): string[] {
  const missing = [
    ...(fields.title ? [] : ['title']),
    ...(fields['year'] || fields['date'] ? [] : ['year']),
  ];
  return missing.map((name) => `${where} expected a ${name}, got none; add the field`);
}

/** Says where in a file something stands, by its text: entries follow each other. */
class Places {
  readonly #text: string;
  readonly #file: string;
  #from = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  line(part: string): number {
    const next = this.#text.indexOf(part, this.#from);
    const at = next < 0 ? this.#text.indexOf(part) : next;
    if (part !== '' && at >= 0) this.#from = at;
    return this.#text.slice(0, Math.max(0, at)).split('\n').length;
  }

  name(line: number): string {
    return `${this.#file}:${line}:`;
  }
}

/**
 * Reads a BibTeX or BibLaTeX file. Entries that cannot be read are told as faults, and so is what an entry lacks.
 * @param file its name in faults
 */
export function readBibliography(text: string, file: string): Bibliography {
  const source = text.replace(/^\uFEFF/, '');
  const unknown: { tex: string; entry: string }[] = [];
  const { entries, errors } = parse(source, {
    english: false,
    sentenceCase: false,
    caseProtection: false,
    unsupported(node, tex, { input }) {
      if (/^\\\s$/.test(tex)) return ' ';
      if (node.type === 'macro') unknown.push({ tex, entry: input });
      return node.type === 'macro' ? '' : tex;
    },
  });
  const places = new Places(source, file);
  const references = new Map<string, Reference>();
  const faults: string[] = [];
  for (const entry of entries) {
    const { key, input, fields } = entry;
    // What begins and does not end is among the errors.
    if (!input) continue;
    const line = places.line(input);
    const where = `${places.name(line)} ${key}:`;
    if (references.has(key))
      faults.push(`${where} expected the key once, got it again; remove one`);
    if (references.has(key)) continue;
    faults.push(...needed(where, entry));
    for (const { tex } of unknown.filter((one) => one.entry === input))
      faults.push(`${where} expected TeX that has a meaning in a reference, got ${tex}; left out`);
    const item = mapTexts(itemOf(entry), (one) => asMeant(one, input)) as CslItem;
    references.set(key, {
      key: key.normalize('NFC'),
      line,
      item,
      url: addressOf(fields),
      source: input,
    });
  }
  const all = new Places(source, file);
  for (const { error, input = '' } of errors) {
    const [reason = ''] = error.split('\n');
    faults.push(`${all.name(all.line(input))} expected an entry, got ${reason}; mend or remove it`);
  }
  return { references, faults };
}
