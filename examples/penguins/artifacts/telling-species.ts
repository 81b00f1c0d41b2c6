import { z } from 'zod';

export const SPECIES = ['Adelie', 'Chinstrap', 'Gentoo'] as const;

const count = z.int().nonnegative();

/** Data of the experiment `telling-species`. */
export const tellingSpecies = z.strictObject({
  /** Numbers of birds that a method learnt from. */
  sizes: z.array(count),
  /** Birds of each split that it was tested on. */
  tested: count,
  /** Birds of each species, in the order of `SPECIES`. */
  species: z.array(count),
  methods: z.array(
    z.strictObject({
      method: z.string(),
      /** Share of the tested birds called wrong: by size, then by split. */
      errors: z.array(z.array(z.number().min(0).max(1))),
    }),
  ),
  birds: z.array(
    z.strictObject({
      species: count,
      /** Millimetres. */
      billLength: z.number(),
      billDepth: z.number(),
      /** Splits in which it was tested, after learning from the most birds; by method, how often it was called wrong. */
      tests: count,
      mistakes: z.record(z.string(), count),
    }),
  ),
});
export type TellingSpecies = z.infer<typeof tellingSpecies>;

/** Mean over splits of a method's error after so many birds. @throws Error for what was not measured */
export function errorOf({ sizes, methods }: TellingSpecies, method: string, birds: number): number {
  const errors = methods.find((one) => one.method === method)?.errors[sizes.indexOf(birds)];
  if (!errors)
    throw new Error(
      `errorOf: expected ${methods.map((one) => one.method).join(' or ')} after ${sizes.join(', ')} birds, got ${method} after ${birds}`,
    );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
