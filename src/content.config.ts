import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

const sections = defineCollection({
  loader: glob({ pattern: '*.mdx', base: 'content' }),
  schema: z.strictObject({
    title: z.string(),
    /** Place of the section in the paper. */
    order: z.number(),
    /** `front` sections (the abstract) carry no number. */
    kind: z.enum(['front', 'body']).default('body'),
  }),
});

export const collections = { sections };
