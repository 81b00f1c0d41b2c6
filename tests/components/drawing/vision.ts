/**
 * Linear RGB as seen without one kind of cone: Machado, Oliveira, Fernandes 2009, severity 1.
 */
const VISION = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

type Triple = readonly number[];

const times = (matrix: readonly Triple[], vector: Triple): number[] =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] as number), 0));

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

const luminance = (hex: string): number => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0] ?? 0;

/** Contrast ratio of WCAG 2. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Oklab: Ottosson 2020. */
function oklab(rgb: Triple): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt),
  );
}

/** Euclidean distance in Oklab as the given colour vision sees it; 1 is black to white. */
export function difference(a: string, b: string, vision: keyof typeof VISION): number {
  const [x, y] = [a, b].map((hex) =>
    oklab(times(VISION[vision], linear(hex)).map((value) => Math.max(0, value))),
  ) as [number[], number[]];
  return Math.hypot(...x.map((value, i) => value - (y[i] as number)));
}
