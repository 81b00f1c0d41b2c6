/** For TypeScript that lists components; `scripts/check-astro.mjs` checks their properties where they are used. */
declare module '*.astro' {
  import type { AstroComponentFactory } from 'astro/runtime/server/index.js';

  const component: AstroComponentFactory;
  export default component;
}
