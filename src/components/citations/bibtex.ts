export interface Reference {
  key: string;
  /** Family names, in order. */
  families: string[];
  authors: string;
  title: string;
  venue: string;
  year: string;
  url: string | undefined;
  /** The entry as it stands in the file. */
  source: string;
}

/** Index after the brace or quote that closes the one at `start`. */
function endOf(text: string, start: number): number {
  if (text[start] === '"') return text.indexOf('"', start + 1) + 1;
  for (let depth = 0, i = start; i < text.length; i++) {
    if (text[i] === '{') depth += 1;
    if (text[i] === '}' && --depth === 0) return i + 1;
  }
  const line = text.slice(0, start).split('\n').length;
  throw new Error(
    `references.bib: expected a closing brace for line ${line}, got none; balance the braces`,
  );
}

const plain = (value: string): string =>
  value
    .slice(1, -1)
    .replaceAll(/[{}]/g, '')
    .replaceAll('--', '–')
    .replaceAll('~', '\u00a0')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\\([&%$#_])/g, '$1')
    .trim();

function fieldsOf(body: string): Map<string, string> {
  const fields = new Map<string, string>();
  const start = /(\w+)\s*=\s*(?=["{\d])/g;
  for (let match = start.exec(body); match; match = start.exec(body)) {
    const digits = /^\d+/.exec(body.slice(start.lastIndex))?.[0];
    const end = digits ? start.lastIndex + digits.length : endOf(body, start.lastIndex);
    const value = body.slice(start.lastIndex, end);
    fields.set((match[1] ?? '').toLowerCase(), digits ?? plain(value));
    start.lastIndex = end;
  }
  return fields;
}

const VENUES = ['booktitle', 'journal', 'publisher', 'institution', 'howpublished'];

function reference(key: string, fields: ReadonlyMap<string, string>, source: string): Reference {
  const needed = (...names: string[]): string => {
    const value = names.map((name) => fields.get(name)).find(Boolean);
    if (value) return value;
    throw new Error(
      `references.bib: expected ${names.join(' or ')} in ${key}, got none; add the field`,
    );
  };
  const people = needed('author').split(' and ');
  const families = people.map((person) => person.split(',')[0] ?? person);
  const others = people.at(-1) === 'others';
  const names = people
    .filter((person) => person !== 'others')
    .map((person) => person.split(', ').toReversed().join(' '));
  return {
    key,
    families,
    authors: names.join(', ') + (others ? ' et al.' : ''),
    title: needed('title').replace(/[^?!.]$/, '$&.'),
    venue: needed(...VENUES),
    year: needed('year'),
    url:
      fields.get('url') ?? (fields.has('doi') ? `https://doi.org/${fields.get('doi')}` : undefined),
    source,
  };
}

/**
 * Reads the entries of a BibTeX file: fields in braces (nested or not), quotes or digits; LaTeX
 * commands other than escaped punctuation stay as they are.
 * @throws Error naming a missing field or an open brace
 */
export function parseBibliography(text: string): Map<string, Reference> {
  const entries = [...text.matchAll(/^@\w+\s*(?=\{)/gm)].map((match) => {
    const start = match.index + match[0].length;
    const source = text.slice(match.index, endOf(text, start));
    const body = source.slice(match[0].length + 1, -1);
    const comma = body.indexOf(',');
    return reference(body.slice(0, comma).trim(), fieldsOf(body.slice(comma)), source);
  });
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** Gu & Dao; Grazzi et al. */
export function citedNames({ families }: Reference): string {
  const [first = '', second] = families;
  if (families.length === 1) return first;
  return families.length > 2 || second === 'others' ? `${first} et al.` : `${first} & ${second}`;
}

/** Gu & Dao 2024; Grazzi et al. 2024. */
export const shortCitation = (entry: Reference): string => `${citedNames(entry)} ${entry.year}`;
