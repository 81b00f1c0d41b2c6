import { z } from 'astro/zod';

/** Front matter of a section. */
export const sectionData = z.strictObject({
  title: z.string(),
  /** Place among the sections of its kind. */
  order: z.number(),
  /** An `answer` stands under the title; it and `front` sections (the abstract) carry no number, appendices a letter. */
  kind: z.enum(['answer', 'front', 'body', 'appendix']).default('body'),
  /** `bound`: a digit outside of code, formulas and <Given> fails the build. */
  numbers: z.enum(['bound', 'free']).default('bound'),
});
