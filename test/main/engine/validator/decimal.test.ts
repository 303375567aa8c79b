import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalDecimal,
  canonicalDouble,
  compareDecimals,
  isJsonNumber,
  isOutOfRange,
  isPlainNumber,
} from '../../../../src/main/engine/validator/decimal.ts';

describe('canonical decimals', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['0e10', '0'],
    ['1.0', '1'],
    ['1e2', '100'],
    ['10e-1', '1'],
    ['1E+2', '100'],
    ['-12.50', '-12.5'],
    ['0.0010', '0.001'],
    ['1e-7', '0.0000001'],
    ['9007199254740993', '9007199254740993'],
    ['123456789012345678901234567890.10', '123456789012345678901234567890.1'],
    ['1e21', '1000000000000000000000'],
    ['12e-1', '1.2'],
    ['0.1e1', '1'],
    ['100', '100'],
    ['1.5e500', '1.5e+500'],
    ['15e-501', '1.5e-500'],
  ])('%s is %s', (spelling, canonical) => {
    expect(canonicalDecimal(spelling)).toBe(canonical);
  });

  it('are the same for every spelling of one number and for no other number', () => {
    const spelling = fc.record({
      digits: fc.bigInt({ min: 1n, max: 10n ** 30n }),
      exponent: fc.integer({ min: -40, max: 40 }),
      shift: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(spelling, ({ digits, exponent, shift }) => {
        const one = `${digits}e${exponent}`;
        const same = `${digits}${'0'.repeat(shift)}e${exponent - shift}`;
        const other = `${digits + 1n}e${exponent}`;
        expect(canonicalDecimal(same)).toBe(canonicalDecimal(one));
        expect(canonicalDecimal(other)).not.toBe(canonicalDecimal(one));
        expect(Number(canonicalDecimal(one))).toBe(Number(one));
      }),
    );
  });

  it('of a double are those of its shortest spelling', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(canonicalDouble(value)).toBe(canonicalDecimal(String(value === 0 ? 0 : value)));
        expect(Number(canonicalDouble(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('number tokens', () => {
  it.each(['9007199254740993', '1.0', '-0', '1e2', '0.10', '12345678901234567890'])(
    '%s would not survive a double',
    (token) => expect(isPlainNumber(token)).toBe(false),
  );

  it.each(['0', '-1', '9007199254740992', '0.1', '3.3000000000000003', '1e+21'])(
    '%s survives a double',
    (token) => expect(isPlainNumber(token)).toBe(true),
  );

  it.each(['01', '1.', '.5', '+1', '--1', '1e', '0x10', '', 'NaN', '1_000'])(
    '%s is no number of JSON',
    (token) => expect(isJsonNumber(token)).toBe(false),
  );

  it.each([
    ['1e400', true],
    ['-1e400', true],
    ['1e-400', false],
    ['1e-99999', true],
    ['1'.repeat(5001), true],
    ['1e308', false],
  ])('%s is out of range: %s', (token, expected) => {
    expect(isOutOfRange(token)).toBe(expected);
  });

  it('are ordered by value even where doubles are equal', () => {
    expect(compareDecimals('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
    expect(compareDecimals('-9007199254740993', '-9007199254740992')).toBeLessThan(0);
    expect(compareDecimals('0.10000000000000000001', '0.1')).toBeGreaterThan(0);
    expect(compareDecimals('2', '10')).toBeLessThan(0);
    expect(compareDecimals('5', '5')).toBe(0);
  });
});
