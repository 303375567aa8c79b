import { describe, expect, it } from 'vitest';
import {
  compileTemplate,
  conditionProblems,
  evaluateCondition,
  templateProblems,
} from '../../../../src/main/engine/consumer/template.ts';
import { sampleTemplate } from '../../../support/network-driver.ts';

const scope = {
  ...sampleTemplate,
  input: { id: 'a/b', list: [1, 2], nothing: null },
  context: { marketplace: null, category: null, region: 'BR' },
};

describe('a template', () => {
  it.each([
    ['{{ now }}', '2026-03-01T12:00:00.000Z'],
    ['{{ lastSuccess }}', ''],
    ['{{ input.nothing }}{{ input.missing }}', ''],
    ['{{ instance }} of {{ instances }}', '1 of 1'],
    ['{{ now | date: "%d/%m/%Y", "America/Sao_Paulo" }}', '01/03/2026'],
    ['{% assign x = job.name | upcase %}{{ x }}', 'SAMPLE JOB'],
    ['no markup', 'no markup'],
  ])('%s renders %j', (source, text) => {
    expect(templateProblems(source)).toEqual([]);
    expect(compileTemplate(source).render(scope)).toBe(text);
  });

  it('escapes what it puts into a path', () => {
    expect(compileTemplate('/x/{{ input.id }}', 'path').render(scope)).toBe('/x/a%2Fb');
  });

  it.each([
    ['{{ nobody }}', "knows no 'nobody'"],
    ['{{ job.owner }}', "'job' has no 'owner'"],
    ['{{ now.year }}', "'now' is a plain value"],
    ['{{ now | nofilter }}', 'cannot be read'],
    ['{{ now ', 'cannot be read'],
    ['{% include "x" %}', 'cannot be read'],
    ['{% render "/etc/passwd" %}', 'cannot be read'],
    ['{% layout "x" %}', 'cannot be read'],
  ])('%s is refused', (source, problem) => {
    const told = templateProblems(source).map(({ message }) => message);
    expect(told.join(' ')).toContain(problem);
  });

  it('that renders for too long is stopped', () => {
    const endless =
      '{% for a in (1..9999) %}{% for b in (1..9999) %}{{ a }}{% endfor %}{% endfor %}';
    expect(() => compileTemplate(endless).render(scope)).toThrow(/limit/);
  });

  it('reaches nothing but plain fields', () => {
    expect(compileTemplate('{{ input.constructor.name }}{{ input.__proto__ }}').render(scope)).toBe(
      '',
    );
  });
});

describe('a condition', () => {
  it.each([
    ['context.region == "BR"', true],
    ['context.region == "PT"', false],
    ['context.marketplace', false],
    ['lastSuccess == nil', true],
    ['input.list contains 2 and instance == 1', true],
    ['{{ context.region }}', true],
    ['{{ context.marketplace }}', false],
    ['{% if instance > 1 %}yes{% else %}false{% endif %}', false],
  ])('%s is %s', (source, holds) => {
    expect(conditionProblems(source)).toEqual([]);
    expect(evaluateCondition(source, scope)).toBe(holds);
  });

  it.each(['', 'nobody == 1', '{% if %}', 'a %} b'])('%j is refused', (source) => {
    expect(conditionProblems(source)).not.toEqual([]);
  });

  it.each([
    'input.n >',
    '> 3',
    'input.n > 3 or',
    'and input.n',
    'input.n <> 3',
    'input.n input.m',
    'input.n not 3',
  ])('%j is refused, though it can be read', (source) => {
    expect(conditionProblems(source)).toMatchObject([
      { message: expect.stringContaining('is not a whole condition') },
    ]);
  });

  it.each([
    'not input.n',
    'not input.n and not input.m',
    'input["a b"] == 1',
    '(1..3) contains input.n',
    'input.n | plus: 1',
    'input.n == -1 or input.text contains "> and"',
  ])('%j is taken', (source) => {
    expect(conditionProblems(source)).toEqual([]);
  });
});
