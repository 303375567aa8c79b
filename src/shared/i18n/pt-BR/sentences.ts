import { callFailures } from './call-failures.ts';
import { commandRefusals } from './command-refusals.ts';
import { importRemarks } from './import-remarks.ts';
import { recordFaults } from './record-faults.ts';
import { refusals } from './refusals.ts';
import { storeTroubles } from './store-troubles.ts';

/** Every sentence that the program says of what went wrong, by its key. */
export const sentences = {
  ...refusals,
  ...commandRefusals,
  ...callFailures,
  ...recordFaults,
  ...storeTroubles,
  ...importRemarks,
};
