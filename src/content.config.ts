import { join } from 'node:path';
import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';
import { paperFolder } from './artifacts/folder.ts';
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
  schema: z.strictObject({
    title: z.string(),
    /** Place among the sections of its kind. */
    order: z.number(),
    /** An `answer` stands under the title; it and `front` sections (the abstract) carry no number, appendices a letter. */
    kind: z.enum(['answer', 'front', 'body', 'appendix']).default('body'),
    /** `bound`: a digit outside of code, formulas and <Given> fails the build. */
    numbers: z.enum(['bound', 'free']).default('bound'),
  }),
});

export const collections = { sections };
