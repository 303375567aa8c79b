import { describe, expect, it } from 'vitest';
import {
  integrationInputOf,
  integrationModelOf,
  newIntegrationModel,
} from '../../../src/renderer/integrations/integration-model.ts';
import { CallError } from '../../../src/renderer/state/client.ts';
import { integrationInputSchema, type IntegrationInput } from '../../../src/shared/integration.ts';
import { fakeIntegrations, filledIntegration } from '../../support/fake/fake-catalog.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');

const unusual: IntegrationInput = {
  name: 'Unusual',
  request: {
    method: 'POST',
    url: 'https://api.example.com',
    headers: { 'X-Plain': 'a', 'X-Secret': { secret: 'key' } },
    body: { since: 1, list: [1, 2] },
  },
  auth: {
    kind: 'login',
    request: { url: 'https://api.example.com/login', body: { password: { secret: 'key' } } },
    tokenPath: '$.token',
  },
  records: null,
  warnSchema: { type: 'object' },
  key: ['a.b', 'c'],
};

describe('the form of an integration', () => {
  it.each([
    ...fakeIntegrations(now).map((one) => [one.name, one] as const),
    ['Unusual', filledIntegration(unusual, 'unusual', now)] as const,
  ])('%s comes out of the form as it went in', (_, integration) => {
    const sent = integrationInputOf(integrationModelOf(integration));
    expect(integrationInputSchema.parse(sent)).toEqual(integrationInputSchema.parse(integration));
  });

  it('starts with the defaults of the contract', () => {
    const model = newIntegrationModel();
    model.integration.name = 'New';
    model.integration.request.url = 'https://api.example.com';
    expect(integrationInputSchema.parse(integrationInputOf(model))).toEqual(
      integrationInputSchema.parse({ name: 'New', request: { url: 'https://api.example.com' } }),
    );
  });

  it('leaves lines without a name out', () => {
    const model = newIntegrationModel();
    model.headers = [
      { name: ' ', value: 'x', isSecret: false },
      { name: 'A', value: 'b', isSecret: false },
    ];
    expect(integrationInputOf(model).request.headers).toEqual({ A: 'b' });
  });

  it.each([
    ['schema', '{"type":', 'schema'],
    ['schema', '[1]', 'schema'],
    ['warnSchema', 'nonsense', 'warnSchema'],
  ] as const)('says at the field that %s is not what is needed: %s', (field, text, path) => {
    const model = newIntegrationModel();
    model[field] = text;
    expect(() => integrationInputOf(model)).toThrow(CallError);
    try {
      integrationInputOf(model);
    } catch (thrown) {
      expect((thrown as CallError).details.map((one) => one.path)).toEqual([path]);
    }
  });
});
