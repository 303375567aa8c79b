import { describe, expect, it } from 'vitest';
import { open, seal } from '../../../../src/main/engine/secrets/secret-box.ts';

const key = new Uint8Array(32).fill(1);
const token = { name: 'token', origin: 'https://api.example.com' };

describe('a sealed secret', () => {
  it.each(['geheim', '', 'ção 🎈', 'x'.repeat(70_000)])('opens to what it was', (value) => {
    expect(open(key, seal(key, value, token), token)).toBe(value);
  });

  it('looks different each time', () => {
    expect(Buffer.from(seal(key, 'a', token)).equals(seal(key, 'a', token))).toBe(false);
  });

  it('does not open with another key', () => {
    expect(open(new Uint8Array(32).fill(2), seal(key, 'geheim', token), token)).toBeNull();
  });

  it('does not open under the name or the origin of another one, so two of them cannot be swapped', () => {
    const other = { name: 'other', origin: 'https://other.example.com' };
    const [one, two] = [seal(key, 'one', token), seal(key, 'two', other)];
    expect(open(key, one, other)).toBeNull();
    expect(open(key, two, token)).toBeNull();
    expect(open(key, one, { ...token, origin: other.origin })).toBeNull();
    expect(open(key, one, { ...token, name: other.name })).toBeNull();
  });

  it('is not taken for another one whose name and origin run together the same way', () => {
    const sealed = seal(key, 'x', { name: 'a', origin: 'b","c' });
    expect(open(key, sealed, { name: 'a","b', origin: 'c' })).toBeNull();
  });

  it('does not open when any byte of it was changed or is missing', () => {
    const sealed = seal(key, 'geheim', token);
    for (let index = 0; index < sealed.length; index++) {
      const changed = Uint8Array.from(sealed);
      changed[index]! ^= 1;
      expect(open(key, changed, token)).toBeNull();
      expect(open(key, sealed.subarray(0, index), token)).toBeNull();
    }
  });
});
