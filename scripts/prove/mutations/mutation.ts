/** A deliberate breakage: what is changed in the source, and the test that must notice. */

export type Edit = {
  readonly file: string;
  /** Stands exactly once in `file`. */
  readonly find: string;
  readonly replace: string;
};

export type Check = {
  /** Of vitest.config.ts. */
  readonly project: 'unit' | 'simulator' | 'integration-postgres';
  readonly file: string;
  /** The name of the test, or a part of it that no other test of the file has. */
  readonly test: string;
};

export type Mutation = {
  readonly name: string;
  /** Applied together: a rule that stands in code and in a trigger is taken out of both. */
  readonly edits: readonly Edit[];
  /** The test that is expected to notice, and that runs first. */
  readonly check: Check;
};

/** Where in the pyramid a check stands. */
export type Layer = 'tidy' | 'model' | 'unit' | 'simulator' | 'integration' | 'crash' | 'reconcile';

/** The layer of a check, by its file. `crash`: real services, with processes killed, stopped or late. */
export function layerOf({ project, file }: Pick<Check, 'project' | 'file'>): Layer {
  if (project === 'simulator') return 'simulator';
  if (file === 'test/tidy.test.ts') return 'tidy';
  if (project === 'unit') return file.startsWith('test/unit/model/') ? 'model' : 'unit';
  if (/\/(?:process|crash|statement-kills)\b/.test(file)) return 'crash';
  return /\/reconcile/.test(file) ? 'reconcile' : 'integration';
}

/** Whether the layer judges by behaviour on real services. */
export function isOnRealServices(layer: Layer): boolean {
  return layer === 'integration' || layer === 'crash' || layer === 'reconcile';
}
