/** Prints the rows of `states` and `allowed_transitions` as SQL, for a migration after src/domain/machines.ts changed. */
import { rulesSql } from './machine-documents.ts';

process.stdout.write(rulesSql());
