/** The environment as the doctor reads it: a configuration, or everything that keeps it from being one. */
import { z } from 'zod';
import { type Config, loadConfig } from '../platform/config.ts';
import { isAppError } from '../platform/errors.ts';
import type { Environment } from '../platform/secret-files.ts';
import type { Problem } from './check.ts';

export type Settings =
  | { readonly config: Config }
  | {
      readonly config: null;
      readonly problems: readonly Problem[];
      /** A required one is not there, or its file cannot be read: there is nothing to judge. */
      readonly is_unreadable: boolean;
    };

/** Reads the settings; wrong ones are an answer, not an error. */
export function readSettings(env: Environment): Settings {
  try {
    return { config: loadConfig(env) };
  } catch (error) {
    if (!isAppError(error, 'config_invalid')) throw error;
    const issues = error.cause instanceof z.ZodError ? error.cause.issues : null;
    if (issues === null) {
      const [setting = ''] = error.message.split(' ');
      const way_out = `Give ${setting.replace(/_FILE$/, '')} or a file that this user may read, not both.`;
      return { config: null, is_unreadable: true, problems: [{ setting, wrong: error.message, way_out }] };
    }
    const problems = issues.map((issue) => problemOf(String(issue.path[0]), issue.message, env));
    return { config: null, problems, is_unreadable: problems.some(({ setting }) => !isSet(setting, env)) };
  }
}

function problemOf(setting: string, message: string, env: Environment): Problem {
  const verb = isSet(setting, env) ? 'Correct' : 'Set';
  const wrong = isSet(setting, env) ? message : `is required, and not set; it ${message}`;
  const way_out = `${verb} ${setting} in the environment, in .env, or in the file that ${setting}_FILE names; .env.example shows its form.`;
  return { setting, wrong: wrong.replace('; it is required', ''), way_out };
}

function isSet(setting: string, env: Environment): boolean {
  return Boolean(env[setting]?.trim() || env[`${setting}_FILE`]?.trim());
}
