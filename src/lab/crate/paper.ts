import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { reference } from './entity.ts';
import type { Entity } from './entity.ts';

const described = z.looseObject({
  title: z.string(),
  description: z.string(),
  version: z.string(),
  /** SPDX identifier. */
  license: z.string(),
  authors: z.array(z.looseObject({ name: z.string(), url: z.string().optional() })).min(1),
});

/** What a paper says of itself in `paper.ts`, as entities of a crate. */
export interface CratePaper {
  name: string;
  description: string;
  version: string;
  license: { '@id': string };
  authors: { '@id': string }[];
  entities: Entity[];
}

/** @throws Error naming the file that does not describe a paper */
export async function readPaper(content: string): Promise<CratePaper> {
  const file = join(content, 'paper.ts');
  const paper = await import(pathToFileURL(file).href)
    .then((module: { paper?: unknown }) => described.parse(module.paper))
    .catch((cause: unknown) => {
      throw new Error(
        `export: expected ${file} to say title, description, version, license and authors, got ${String(cause)}`,
        { cause },
      );
    });
  const license = `https://spdx.org/licenses/${paper.license}`;
  const authors = paper.authors.map(({ name, url }, i): Entity => ({
    '@id': url ?? `#author-${i + 1}`,
    '@type': name.startsWith('The ') ? 'Organization' : 'Person',
    name,
  }));
  return {
    name: paper.title,
    description: paper.description,
    version: paper.version,
    license: reference(license),
    authors: authors.map((author) => reference(author['@id'])),
    entities: [
      { '@id': license, '@type': 'CreativeWork', name: paper.license, url: license },
      ...authors,
    ],
  };
}
