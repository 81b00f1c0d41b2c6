import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { paperIndex } from '../paper/index.ts';
import { isRun } from '../results/committed.ts';
import { contentFolder } from '../results/folders.ts';
import { Kept } from '../results/kept.ts';
import authorDate from './author-date.csl?raw';
import { readBibliography } from './bibtex.ts';
import type { Bibliography, Reference } from './bibtex.ts';
import { formatCitations } from './citations.ts';
import type { Citation, Cited, Style } from './citations.ts';
import { citationsIn } from './cited.ts';

interface References extends Cited {
  references: Bibliography['references'];
}

/** A file of the paper that it need not have. */
const beside = (name: string): Promise<string | undefined> =>
  readFile(join(contentFolder, name), 'utf8').catch(() => undefined);

function unknownKey({ of }: Citation, key: string, { references, faults }: Bibliography): Error {
  const unread = faults.length > 0 ? `; not read of it:\n${faults.join('\n')}` : '';
  return new Error(
    `<Cite of="${of}">: expected a key of references.bib, got ${key}; there are ${[...references.keys()].join(', ')}${unread}`,
  );
}

/** Faults of works that are cited stop the build; of the others they are told. */
function checkFaults(faults: readonly string[], cited: ReadonlySet<string>): void {
  const keyed = (fault: string): boolean => cited.has(/^\S+:\d+: (.+?): /.exec(fault)?.[1] ?? '');
  const fatal = faults.filter((fault) => keyed(fault) && fault.includes('add the field'));
  if (fatal.length > 0) throw new Error(fatal.join('\n'));
  for (const fault of faults) process.stderr.write(`${fault}\n`);
}

async function read(): Promise<References> {
  const text = (await beside('references.bib')) ?? '';
  const style: Style = {
    csl: (await beside('style.csl')) ?? authorDate,
    file: 'style.csl',
    locale: (language) => beside(`locales-${language}.xml`),
  };
  const { entries } = await paperIndex();
  const bodies = entries.map(({ body = '' }) => body);
  const bibliography = readBibliography(
    text,
    relative(process.cwd(), join(contentFolder, 'references.bib')),
  );
  const { references, faults } = bibliography;
  const citations = citationsIn(bodies, isRun);
  const cited = new Map<string, Reference>();
  for (const citation of citations) {
    for (const key of citation.of.split(' ')) {
      const reference = references.get(key);
      if (!reference) throw unknownKey(citation, key, bibliography);
      cited.set(key, reference);
    }
  }
  checkFaults(faults, new Set(cited.keys()));
  const works = [...cited.values()].map(({ item }) => item);
  const urls = new Map([...cited].map(([key, { url }]) => [key, url]));
  return { references, ...(await formatCitations(style, works, urls, citations)) };
}

const memo = new Kept<object, Promise<References>>();

/** The paper's citations and its list of references, by `style.csl` beside the sections if that is there. */
export async function bibliography(): Promise<References> {
  // Of an index that changed: it may cite what the last one did not.
  return memo.at(await paperIndex(), read);
}
