export interface Reference {
  key: string;
  /** Family names, in order. */
  families: string[];
  authors: string;
  title: string;
  venue: string;
  year: string;
  url: string | undefined;
}

const ENTRY = /@\w+\{([^,\s]+),([\s\S]*?)\n\}/g;
const FIELD = /(\w+)\s*=\s*\{([^}]*)\}/g;

function reference(key: string, fields: ReadonlyMap<string, string>): Reference {
  const needed = (name: string): string => {
    const value = fields.get(name);
    if (value) return value;
    throw new Error(`references.bib: expected ${name} in ${key}, got none; add the field`);
  };
  const people = needed('author').split(' and ');
  return {
    key,
    families: people.map((person) => person.split(',')[0] ?? person),
    authors: people
      .map((person) => person.split(', ').toReversed().join(' '))
      .join(', ')
      .replace(', others', ' et al.'),
    title: needed('title').replace(/[^?!.]$/, '$&.'),
    venue: needed('booktitle'),
    year: needed('year'),
    url: fields.get('url'),
  };
}

/** Reads BibTeX entries whose fields are in single braces. @throws Error naming a missing field */
export function parseBibliography(text: string): Map<string, Reference> {
  const entries = [...text.matchAll(ENTRY)].map(([, key, body]) => {
    const fields = [...(body ?? '').matchAll(FIELD)].map(
      ([, name, value]) => [name ?? '', value ?? ''] as const,
    );
    return reference(key ?? '', new Map(fields));
  });
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** Gu & Dao 2024; Grazzi et al. 2024. */
export function shortCitation({ families, year }: Reference): string {
  const [first, second] = families;
  if (families.length === 1) return `${first} ${year}`;
  if (families.length > 2 || second === 'others') return `${first} et al. ${year}`;
  return `${first} & ${second} ${year}`;
}
