import { loadUpTo4, storeUpTo4 } from '../wasm/simd.as';

/** out [n D] of rows of weight [V D]; ids are in 0 … V - 1. */
export function embeddingForward(ids: usize, weight: usize, out: usize, n: i32, D: i32): void {
  const rowBytes = <usize>D << 2;
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    memory.copy(out + <usize>i * rowBytes, weight + <usize>id * rowBytes, rowBytes);
  }
}

/** dWeight [V D], the rows of dOut [n D] added in their order. */
export function embeddingBackward(dOut: usize, ids: usize, dWeight: usize, n: i32, V: i32, D: i32): void {
  const rowBytes = <usize>D << 2;
  memory.fill(dWeight, 0, <usize>V * rowBytes);
  for (let i = 0; i < n; i++) {
    const row = dWeight + <usize>load<i32>(ids + (<usize>i << 2)) * rowBytes;
    const from = dOut + <usize>i * rowBytes;
    for (let c = 0; c < D; c += 4) {
      const at = <usize>c << 2;
      const left = D - c;
      storeUpTo4(row + at, f32x4.add(loadUpTo4(row + at, left), loadUpTo4(from + at, left)), left);
    }
  }
}
