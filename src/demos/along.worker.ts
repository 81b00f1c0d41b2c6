import { askAlongLines } from './along.ts';
import { serve } from './serve.ts';

serve(askAlongLines());
