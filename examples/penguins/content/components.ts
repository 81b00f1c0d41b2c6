import ErrorOf from './ErrorOf.astro';

/** What sections may use without importing it, besides what every paper has. */
export const components = { ErrorOf };
