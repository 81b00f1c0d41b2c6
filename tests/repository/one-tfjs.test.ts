import { createRequire } from 'node:module';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);

/** Two copies would mean two registries: kernels registered in one, tensors made by the other. */
test('tests load the copy of TensorFlow.js that plain node loads, once', () => {
  const core = require('@tensorflow/tfjs-core') as typeof tf;
  expect(tf.engine()).toBe(core.engine());
  const copies = Object.keys(require.cache).filter((path) => /tfjs-core.dist/.test(path));
  expect(copies).toHaveLength(1);
});

test('backends register themselves with that copy', () => {
  expect(tf.findBackendFactory('wasm')).toBeTypeOf('function');
});
