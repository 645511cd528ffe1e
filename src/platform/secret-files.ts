/** Secrets as files, as Docker and Kubernetes mount them: `NAME_FILE` names a file that holds the value of `NAME`. */
import { readFileSync } from 'node:fs';
import { AppError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what its files hold. A line break at a file's end is none of the value.
 *
 * @throws AppError `config_invalid` where both are given, or the file cannot be read; it quotes neither path nor value
 */
export function withSecretFiles(env: Environment, variables: readonly string[]): Environment {
  const held = variables.flatMap((variable) => {
    const path = env[`${variable}_FILE`]?.trim() ?? '';
    if (path === '') return [];
    if (env[variable]?.trim()) throw refusal(`${variable} and ${variable}_FILE are both set`);
    return [[variable, contentOf(path, variable)] as const];
  });
  return { ...env, ...Object.fromEntries(held) };
}

function contentOf(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new AppError('config_invalid', { message: `${variable}_FILE cannot be read`, cause });
  }
}

function refusal(message: string): AppError {
  return new AppError('config_invalid', { message });
}
