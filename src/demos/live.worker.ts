import { runLive } from './engine.ts';
import { serve } from './serve.ts';

serve(runLive);
