import { z } from 'zod';

const MOST_ISSUES = 10;

/** A file in errors: its path, what it should be, and what to do where it is not. */
export interface About {
  path: string;
  expected: string;
  remedy: string;
}

/** A file's text as JSON of a schema. @throws Error that says what the file is, and ten of its faults at most */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  about: About,
): z.infer<Schema> {
  return named(about, () => schema.parse(JSON.parse(text)));
}

/** As `parseJson`, of what the file would hold. */
export function checkJson<Schema extends z.ZodType>(
  json: unknown,
  schema: Schema,
  about: About,
): z.infer<Schema> {
  return named(about, () => schema.parse(json));
}

function named<Value>({ path, expected, remedy }: About, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const message = `${path}: expected ${expected}, got\n${faults(error)}\n${remedy}`;
    throw new Error(message, { cause: error });
  }
}

const faults = (error: unknown): string =>
  error instanceof z.ZodError
    ? z.prettifyError(new z.ZodError(error.issues.slice(0, MOST_ISSUES)))
    : String(error);
