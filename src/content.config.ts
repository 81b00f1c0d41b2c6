import { join } from 'node:path';
import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { paperFolder } from './artifacts/folder.ts';
import { sectionData } from './site/front-matter.ts';
import { sectionId } from './site/slug.ts';

const files = new Map<string, string>();

/** The id, if no other file has it. */
function only(id: string, file: string): string {
  const known = files.get(id) ?? file;
  files.set(id, file);
  if (known === file && id !== '') return id;
  const got = id === '' ? 'none' : `${known} of the same`;
  throw new Error(
    `${file}: expected a name of its own in letters or digits, got ${got}; rename it`,
  );
}

const sections = defineCollection({
  loader: glob({
    pattern: '*.mdx',
    base: process.env['SITE_CONTENT'] ?? join(paperFolder(), 'content'),
    generateId: ({ entry }) => only(sectionId(entry), entry),
  }),
  schema: sectionData,
});

export const collections = { sections };
