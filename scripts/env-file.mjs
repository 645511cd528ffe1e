/** Loaded before a command of `npm run` that needs settings: those of `.env`, where the environment has no others. */
import { existsSync } from 'node:fs';

if (existsSync('.env')) process.loadEnvFile('.env');
