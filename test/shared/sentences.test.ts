import { describe, expect, it } from 'vitest';
import { invalid, notFound, PontualError } from '../../src/shared/errors.ts';
import { knownSentence, say, spoken } from '../../src/shared/sentences.ts';

describe('a sentence', () => {
  it('is English and says which one it is', () => {
    const sentence = say('noBody', { method: 'GET' });
    expect(sentence).toEqual({
      message: 'A GET request has no body.',
      says: { key: 'noBody', data: { method: 'GET' } },
    });
    expect(spoken(structuredClone(sentence), 'pt-BR')).toBe('Uma requisição GET não tem corpo.');
  });

  it('takes what stands in it as it is', () => {
    const { message } = say('cronAlias', { expression: '@{{expression}} $& $1' });
    expect(message).toContain('"@{{expression}} $& $1" uses a name with @');
  });

  it('without parts is found again by its text', () => {
    expect(knownSentence('A name is needed.')).toEqual({ says: { key: 'nameNeeded', data: {} } });
    expect(knownSentence('Anything else.')).toEqual({});
  });
});

describe('an error', () => {
  it('is answered in the language of who asked, without our notes', () => {
    const error = invalid([
      { path: 'name', ...say('nameNeeded') },
      { path: 'schema', message: 'Only the compiler knows what this means.' },
    ]);
    expect(error.message).toBe('name: A name is needed.');
    expect(error.bodyIn('pt-BR')).toEqual({
      code: 'validation',
      message: 'name: É preciso um nome.',
      details: [
        { path: 'name', message: 'É preciso um nome.' },
        { path: 'schema', message: 'Only the compiler knows what this means.' },
      ],
    });
    expect(error.body.details[0]).toEqual({ path: 'name', message: 'A name is needed.' });
  });

  it('of no field is said as a whole', () => {
    expect(notFound('job', 'coins').bodyIn('pt-BR').message).toBe("A tarefa 'coins' não existe.");
    expect(notFound('job', 'coins').message).toBe("There is no job 'coins'.");
    const own = new PontualError('conflict', 'Said nowhere else.');
    expect(own.bodyIn('pt-BR').message).toBe('Said nowhere else.');
  });
});
