/** `npm test` and `npm run test:all`: the runner is TypeScript like everything else; this only teaches Node to read it. */
import { register } from 'tsx/esm/api';

register();
await import('./run-tests.ts');
