import { fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';

/**
 * Updates parameter, m and v in place. The betas are f64 so that 1 - beta2 is not what rounding to f32
 * leaves of it (1e-5 off).
 */
export function adamUpdate(
  parameter: usize,
  m: usize,
  v: usize,
  gradient: usize,
  n: i32,
  stepSize: f32,
  rootCorrection: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const left = n - i;
    const g = loadUpTo4(gradient + at, left);
    const first = fma(splat(<f32>beta1), loadUpTo4(m + at, left), f32x4.mul(splat(<f32>(1 - beta1)), g));
    const second = fma(
      splat(<f32>beta2),
      loadUpTo4(v + at, left),
      f32x4.mul(splat(<f32>(1 - beta2)), f32x4.mul(g, g)),
    );
    storeUpTo4(m + at, first, left);
    storeUpTo4(v + at, second, left);
    const root = fma(f32x4.sqrt(second), splat(rootCorrection), splat(epsilon));
    const change = f32x4.div(f32x4.mul(splat(stepSize), first), root);
    storeUpTo4(parameter + at, f32x4.sub(loadUpTo4(parameter + at, left), change), left);
  }
}
