import { z } from 'zod';

const MOST_ISSUES = 10;

/**
 * A file's text as JSON of a schema.
 * @param about the file, what it should be, and what to do where it is not
 * @throws Error that says all three
 */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  about: { path: string; expected: string; remedy: string },
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${about.path}: expected ${about.expected}, got\n${faults(error)}\n${about.remedy}`;
    throw new Error(message, { cause: error });
  }
}

const faults = (error: unknown): string =>
  error instanceof z.ZodError
    ? z.prettifyError(new z.ZodError(error.issues.slice(0, MOST_ISSUES)))
    : String(error);
