import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { serve } from './serve.ts';
import { runTraining } from './train.ts';

serve(runTraining);
