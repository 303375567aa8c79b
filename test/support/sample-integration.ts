import {
  type Integration,
  type IntegrationInput,
  integrationInputSchema,
  isIdempotent,
} from '../../src/shared/integration.ts';

/** An integration as the program keeps it, with defaults for everything a test does not say. */
export function sampleIntegration(input: Partial<IntegrationInput> = {}): Integration {
  const draft = integrationInputSchema.parse({
    name: 'Sample',
    request: { url: 'https://api.example.com/items' },
    ...input,
  });
  const instant = '2026-01-01T00:00:00.000Z';
  const idempotent = draft.request.idempotent ?? isIdempotent(draft.request.method);
  return {
    ...draft,
    id: draft.id ?? 'sample',
    request: { ...draft.request, idempotent },
    createdAt: instant,
    updatedAt: instant,
  };
}
