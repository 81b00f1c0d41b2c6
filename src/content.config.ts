import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

const sections = defineCollection({
  loader: glob({ pattern: '*.mdx', base: process.env['SITE_CONTENT'] ?? 'content' }),
  schema: z.strictObject({
    title: z.string(),
    /** Place among the sections of its kind. */
    order: z.number(),
    /** `front` sections (the abstract) carry no number, appendices a letter. */
    kind: z.enum(['front', 'body', 'appendix']).default('body'),
    /** `bound`: a digit outside of code, formulas and <Given> fails the build. */
    numbers: z.enum(['bound', 'free']).default('bound'),
  }),
});

export const collections = { sections };
