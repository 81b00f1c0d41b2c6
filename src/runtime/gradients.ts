import { registerHooks } from 'node:module';

/**
 * Registers the gradients of TensorFlow.js's stock operations in Node.
 *
 * The package ships them as ES modules only, whose relative imports lack the `.js` that Node wants; the
 * hook adds it. They load a second copy of the library's code, which shares the first one's engine and
 * registries (both live on the global object), so there is one tape.
 */
export async function registerGradients(): Promise<void> {
  const inside = '/@tensorflow/tfjs-core/dist/';
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const relative = specifier.startsWith('.') && context.parentURL?.includes(inside);
      return next(relative && !specifier.endsWith('.js') ? `${specifier}.js` : specifier, context);
    },
  });
  try {
    await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  } finally {
    hooks.deregister();
  }
}
