/** `npm run build`: bundles the programs that are deployed into `dist/`. */
import { buildPrograms } from './build/programs.ts';

await buildPrograms();
