import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Node's own entry points, so that tests and plain `node` share one copy of @tensorflow/tfjs-core.
  resolve: { mainFields: [], alias: { '#content': resolve('content') } },
  ssr: { resolve: { mainFields: [] } },
  test: {
    include: ['tests/**/*.test.ts', 'examples/*/tests/**/*.test.ts'],
    exclude: ['tests/browser/**', 'node_modules/**'],
    css: { include: /src\/styles\// },
    setupFiles: ['tests/setup/vulkan.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 0,
    hookTimeout: 0,
  },
});
