/** Our programs as they are deployed, built once for the whole run (`scripts/build`): the tests start hundreds. */

/** What starts the program whose source is `script`, e.g. `workers/main.ts`, from the project's root. */
export function builtScript(script: string): string {
  return `dist/${script.replace(/\.ts$/, '.js')}`;
}
