import { z } from 'zod';
import { command } from './command.ts';

/** Commands for the program's own log; a run's log belongs to its run. */
export const logCommands = {
  'logs.tail': command({
    doc: "The last lines of the program's own log, oldest first, as JSON lines.",
    method: 'GET',
    path: '/logs',
    input: z.strictObject({
      lines: z.coerce.number().int().min(1).max(5000).default(1000),
      level: z.enum(['debug', 'info', 'warn', 'error']).default('debug'),
    }),
    output: z.string(),
    produces: 'text/plain',
    allowedReadOnly: true,
  }),
};
