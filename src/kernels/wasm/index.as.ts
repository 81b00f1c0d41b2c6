export { adamUpdate } from '../adam/adam.as';
export { attentionBackward, attentionForward, attentionScratch } from '../attention/attention.as';
export { convBackward, convForward, convGradScratch, convScratch } from '../causal-conv/conv.as';
export { copyColumns } from '../columns/columns.as';
export { geluBackward, geluForward } from '../gelu/gelu.as';
export { columnSum, gemm, gemmScratch } from '../linear/gemm.as';
export { normBackward, normForward } from '../norm/norm.as';
export { scanBackward, scanForward, scanGradScratch, scanScratch } from '../selective-scan/scan.as';
export { prepare } from './simd.as';
