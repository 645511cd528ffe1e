/** A deliberate bug: what changes in the source, and the test that must notice. */

export type Edit = {
  readonly file: string;
  /** Occurs exactly once in `file`. */
  readonly find: string;
  readonly replace: string;
};

export type Check = {
  /** A project of vitest.config.ts. */
  readonly project: 'unit' | 'simulator' | 'integration-postgres';
  readonly file: string;
  /** The name of the test, or a part of it that no other test of the file has. */
  readonly test: string;
};

export type Mutation = {
  readonly name: string;
  /** Applied together: a rule in both code and a trigger is removed from both. */
  readonly edits: readonly Edit[];
  /** The test that should notice; it runs first. */
  readonly check: Check;
};

/** A check's layer of the test pyramid. */
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
