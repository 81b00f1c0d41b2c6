/**
 * Turns pairs of each head's first 2R components. x and out are [B L D]; table [T L R 2] of cosines and sines, T
 * being 1 or B; `inverse` turns back.
 */
export function rotaryTurn(
  x: usize, table: usize, out: usize, B: i32, T: i32, L: i32, D: i32, heads: i32, R: i32, paired: bool, inverse: bool,
): void {
  const head = <usize>(D / heads) << 2;
  const tableBytes = <usize>R << 3;
  const near: usize = paired ? 4 : <usize>R << 2;
  const step: usize = paired ? 8 : 4;
  memory.copy(out, x, <usize>(B * L) * (<usize>D << 2));
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < L; t++) {
      const turns = table + <usize>((T == 1 ? 0 : b) * L + t) * tableBytes;
      for (let h = 0; h < heads; h++) {
        for (let i = 0; i < R; i++) {
          const from = x + <usize>i * step;
          const to = out + <usize>i * step;
          const cos = load<f32>(turns + (<usize>i << 3));
          const up = load<f32>(turns + (<usize>i << 3), 4);
          const sin = inverse ? -up : up;
          const p = load<f32>(from);
          const q = load<f32>(from + near);
          store<f32>(to, p * cos - q * sin);
          store<f32>(to + near, q * cos + p * sin);
        }
        x += head;
        out += head;
      }
    }
  }
}
