import type { Entry } from '@retorquere/bibtex-parser';

/** A name as CSL-JSON has it. */
interface CslName {
  family?: string;
  given?: string;
  suffix?: string;
  'non-dropping-particle'?: string;
  literal?: string;
}

/** A work in the words of the Citation Style Language. */
export interface CslItem {
  id: string;
  type: string;
  title: string;
  author?: CslName[];
  editor?: CslName[];
  issued?: { 'date-parts': number[][] } | { literal: string };
  [variable: string]: unknown;
}

/** Stands for those whom a list does not name: the style must have somebody to leave out. */
export const OTHERS = '\uE020';

const TYPES: Record<string, string> = {
  article: 'article-journal',
  book: 'book',
  mvbook: 'book',
  collection: 'book',
  proceedings: 'book',
  manual: 'book',
  booklet: 'pamphlet',
  inbook: 'chapter',
  incollection: 'chapter',
  suppbook: 'chapter',
  inproceedings: 'paper-conference',
  conference: 'paper-conference',
  phdthesis: 'thesis',
  mastersthesis: 'thesis',
  thesis: 'thesis',
  techreport: 'report',
  report: 'report',
  patent: 'patent',
  dataset: 'dataset',
  online: 'webpage',
  electronic: 'webpage',
  www: 'webpage',
  unpublished: 'manuscript',
};

const GENRES: Record<string, string> = {
  phdthesis: 'PhD thesis',
  mastersthesis: 'Master’s thesis',
};

type Creators = NonNullable<Entry['fields']['author']>;

const nameOf = ({ name, lastName, firstName, prefix, suffix }: Creators[number]): CslName[] => {
  if (lastName === 'others' && !firstName) return [{ literal: OTHERS }, { literal: OTHERS }];
  if (name) return [{ literal: name }];
  if (!lastName) return [{ literal: firstName ?? '' }];
  return [
    {
      family: lastName,
      ...(firstName && { given: firstName }),
      ...(prefix && { 'non-dropping-particle': prefix }),
      ...(suffix && { suffix }),
    },
  ];
};

/** Of `2024-03-01`, `2024/2025`, `2024` or `in press`. */
function dateOf(fields: Entry['fields']): CslItem['issued'] {
  const text = (fields['date'] ?? fields['year'] ?? '').trim();
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(text) ?? [];
  if (!year) return text === '' ? undefined : { literal: text };
  return { 'date-parts': [[year, month, day].filter((part) => part !== undefined).map(Number)] };
}

/** The first field that an entry has. */
const first = (fields: Entry['fields'], names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value: unknown = fields[name];
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
};

const VARIABLES: Record<string, readonly string[]> = {
  'container-title': ['journaltitle', 'journal', 'booktitle'],
  'collection-title': ['series'],
  publisher: ['publisher', 'school', 'institution', 'organization', 'howpublished'],
  'publisher-place': ['location', 'address'],
  volume: ['volume'],
  edition: ['edition'],
  page: ['pages'],
  genre: ['type'],
  note: ['note', 'addendum'],
  DOI: ['doi'],
  ISBN: ['isbn'],
};

const isArxiv = (fields: Entry['fields']): boolean =>
  /^arxiv$/i.test(first(fields, ['eprinttype', 'archiveprefix']) ?? '');

/** Where the work can be read, if the entry says. */
export function addressOf(fields: Entry['fields']): string | undefined {
  const { eprint } = fields;
  const doi = fields['doi']?.replace(/^https?:\/\/(dx\.)?doi\.org\//, '');
  if (fields['url'] && /^https?:\/\//i.test(fields['url'])) return fields['url'];
  if (doi) return `https://doi.org/${doi}`;
  return eprint && isArxiv(fields) ? `https://arxiv.org/abs/${eprint}` : undefined;
}

/** An entry of BibTeX or BibLaTeX as CSL-JSON. */
export function itemOf({ key, type, fields }: Entry): CslItem {
  const variables = Object.entries(VARIABLES).flatMap(([variable, names]) => {
    const value = first(fields, names);
    return value === undefined ? [] : [[variable, value] as const];
  });
  const preprint = isArxiv(fields) ? { publisher: 'arXiv', number: fields['eprint'] ?? '' } : {};
  const isNumbered = ['article', 'inproceedings', 'incollection'].includes(type);
  const number = first(fields, isNumbered ? ['issue', 'number'] : ['number']);
  const issued = dateOf(fields);
  const [title = '', subtitle] = [fields['title'], fields['subtitle']];
  const url = addressOf(fields);
  const { author, editor } = fields;
  return {
    ...(fields['journal'] || fields['journaltitle'] || fields['booktitle'] ? {} : preprint),
    ...(GENRES[type] && { genre: GENRES[type] }),
    ...Object.fromEntries(variables),
    ...(number && { [isNumbered ? 'issue' : 'number']: number }),
    ...(author && { author: author.flatMap(nameOf) }),
    ...(editor && { editor: editor.flatMap(nameOf) }),
    ...(issued && { issued }),
    ...(url && { URL: url }),
    id: key,
    type: TYPES[type] ?? 'article',
    title: subtitle ? `${title}: ${subtitle}` : title,
  };
}
