import { methods } from '#content/methods.ts';
import type { Method } from './method.ts';

/** A method with the CSS custom property of its colour. */
interface MethodStyle extends Omit<Method, 'colours'> {
  variable: `--${string}`;
}

const styled = ([id, method]: [string, Method]): [string, MethodStyle & Method] => [
  id,
  { variable: `--${id}`, ...method },
];

const METHODS = new Map(Object.entries(methods).map(styled));

/** Every method that figures can show, in the order of legends. */
export const methodIds: readonly string[] = [...METHODS.keys()];

/** The colours of all methods as a style sheet. */
export const methodSheet: string = `:root{${[...METHODS.values()]
  .map(({ variable, colours }) => `${variable}:light-dark(${colours.join(',')})`)
  .join(';')}}`;

/** @throws Error for a method without a style */
export function methodStyle(method: string): MethodStyle {
  const style = METHODS.get(method);
  if (style) return style;
  throw new Error(
    `methodStyle: expected one of ${methodIds.join(', ')}, got ${method}; add it to content/methods.ts`,
  );
}

/** The methods of these, each once, in their order. */
export const methodsOf = (items: readonly { method: string }[]): string[] => [
  ...new Set(items.map(({ method }) => method)),
];
