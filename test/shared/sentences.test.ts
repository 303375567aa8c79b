import { describe, expect, it } from 'vitest';
import { invalid, notFound, PontualError } from '../../src/shared/errors.ts';
import { sentences as en } from '../../src/shared/i18n/en/sentences.ts';
import { sentences as ptBR } from '../../src/shared/i18n/pt-BR/sentences.ts';
import {
  joined,
  knownSentence,
  SaidError,
  say,
  spoken,
  toldBy,
  withTexts,
} from '../../src/shared/sentences.ts';

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

describe('a sentence inside a sentence', () => {
  const failure = say('status401', { status: 401 });
  const whole = say('whileGettingToken', { failure: failure.says });

  it('is said in the same language', () => {
    expect(whole.message).toBe(
      'While getting a token: 401: the API did not accept the credentials.',
    );
    expect(spoken(whole, 'pt-BR')).toBe(
      'Ao obter um token: 401: a API não aceitou as credenciais.',
    );
  });

  it('may be one of several, one after the other', () => {
    const both = joined([failure.says, 'as sent', say('noPlan').says], 'space');
    expect(spoken(say('ownFault', { why: both }), 'pt-BR')).toBe(
      'Uma falha deste programa: 401: a API não aceitou as credenciais. as sent A integração desta execução não é conhecida aqui.',
    );
  });

  it('loses what must not be seen in every text of it', () => {
    const said = say('whileGettingToken', {
      failure: say('secretMissing', { name: 's3cret' }).says,
    });
    const masked = withTexts(said.says, (text) => text.replace('s3cret', '***'));
    expect(JSON.stringify(masked)).not.toContain('s3cret');
    expect(spoken({ message: '', says: masked }, 'pt-BR')).toContain("'***'");
  });
});

describe('what was thrown', () => {
  it('is told as the sentence that it is', () => {
    const sentence = say('addressNotUrl');
    expect(toldBy(new SaidError(sentence))).toEqual(sentence);
    expect(toldBy(new Error('gone'))).toEqual({ message: 'gone' });
    expect(toldBy('gone')).toEqual({ message: 'gone' });
  });
});

describe('a sentence that was stored', () => {
  it('by an older program stays as it was written', () => {
    expect(spoken({ message: 'Something of before.' }, 'pt-BR')).toBe('Something of before.');
  });

  it('by a newer program, of which this one knows nothing, stays as it was written', () => {
    const says = { key: 'sayingOfTomorrow', data: {} };
    expect(spoken({ message: 'Something new.', says }, 'pt-BR')).toBe('Something new.');
    const inherited = { key: 'constructor', data: {} };
    expect(spoken({ message: 'Something odd.', says: inherited }, 'pt-BR')).toBe('Something odd.');
  });
});

describe('every sentence', () => {
  /** Joints and names that are the same in both languages. */
  const SAME = new Set([
    'gotNull',
    'problemAt',
    'quoted',
    'ruleAt',
    'together',
    'togetherByComma',
    'togetherBySemicolon',
    'whatScripts',
    'journalAt',
  ]);
  const keys = Object.keys(en) as (keyof typeof en)[];

  it.each(keys)(
    '%s is said in Portuguese, without a word of English and with all its parts',
    (key) => {
      const names = [...en[key].matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
      const data = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const text = spoken({ message: en[key], says: { key, data } }, 'pt-BR');
      for (const name of names) expect(text).toContain(`<${name}>`);
      expect(text).not.toContain('{{');
      if (!SAME.has(key)) expect(ptBR[key]).not.toBe(en[key]);
      const words = ptBR[key].replace(/\{\{\w+\}\}|`[^`]*`/g, '');
      expect(words).not.toMatch(/\b(?:the|is|are|was|this|that|with|cannot|there|from)\b/i);
    },
  );
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
