import { loadUpTo4, sigmoid, splat, storeUpTo4 } from '../wasm/simd.as';

/** out [rows size] = sigmoid(gate) · x, whose rows lie `stride` floats apart. */
export function sigmoidGateForward(gate: usize, x: usize, out: usize, rows: i32, size: i32, stride: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < size; j += 4) {
      const at = <usize>j << 2;
      const open = sigmoid(loadUpTo4(gate + at, size - j));
      storeUpTo4(out + at, f32x4.mul(open, loadUpTo4(x + at, size - j)), size - j);
    }
    gate += <usize>stride << 2;
    x += <usize>stride << 2;
    out += <usize>size << 2;
  }
}

/** dGate and dx have rows `stride` floats apart, like gate and x. */
export function sigmoidGateBackward(dOut: usize, gate: usize, x: usize, dGate: usize, dx: usize, rows: i32, size: i32, stride: i32): void {
  const rowBytes = <usize>stride << 2;
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < size; j += 4) {
      const at = <usize>j << 2;
      const left = size - j;
      const open = sigmoid(loadUpTo4(gate + at, left));
      const through = f32x4.mul(loadUpTo4(dOut + at, left), open);
      const slope = f32x4.mul(loadUpTo4(x + at, left), f32x4.sub(splat(1), open));
      storeUpTo4(dGate + at, f32x4.mul(through, slope), left);
      storeUpTo4(dx + at, through, left);
    }
    dOut += <usize>size << 2;
    gate += rowBytes;
    x += rowBytes;
    dGate += rowBytes;
    dx += rowBytes;
  }
}

export function squaredReluForward(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const positive = f32x4.pmax(loadUpTo4(x + at, n - i), splat(0));
    storeUpTo4(out + at, f32x4.mul(positive, positive), n - i);
  }
}

export function squaredReluBackward(dOut: usize, x: usize, dx: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const positive = f32x4.pmax(loadUpTo4(x + at, n - i), splat(0));
    const slope = f32x4.add(positive, positive);
    storeUpTo4(dx + at, f32x4.mul(loadUpTo4(dOut + at, n - i), slope), n - i);
  }
}
