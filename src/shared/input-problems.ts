import type { z } from 'zod';
import type { Problem } from './errors.ts';
import { knownSentence, say } from './sentences.ts';

/** What is wrong with an input, one problem a field, also one for each field that is not known. */
export function inputProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap(problemsOf);
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String);
  const { message } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [{ path: path.join('.'), message, ...knownSentence(message) }];
  return issue.keys.map((key) => ({ path: [...path, key].join('.'), ...say('unknownField') }));
}
