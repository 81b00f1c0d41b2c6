import tokens from '../../styles/tokens.css?raw';
import { methodSheet } from './methods.ts';

const DECLARATION = /(--[a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi;

const COLOURS = new Map(
  [...`${tokens}${methodSheet}`.matchAll(DECLARATION)].map(([, name, light, dark]) => [
    name,
    { light: light as string, dark: dark as string },
  ]),
);

/**
 * Value of a custom property of the site's style sheets, a method's among them, for what is drawn outside of them.
 * @returns six hexadecimal digits after `#`
 */
export function colour(variable: string, theme: 'light' | 'dark'): string {
  const pair = COLOURS.get(variable);
  if (pair) return pair[theme];
  throw new Error(
    `colour: expected ${variable} as light-dark(#……, #……) in content/methods.ts or src/styles, got none; declare it there`,
  );
}
