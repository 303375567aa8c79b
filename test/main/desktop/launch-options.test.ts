import { describe, expect, it } from 'vitest';
import { readLaunchOptions } from '../../../src/main/desktop/launch-options.ts';

const read = (args: string[], env: Record<string, string> = {}) =>
  readLaunchOptions(args, { XDG_CONFIG_HOME: '/users/ana', ...env });

describe('launch options', () => {
  it('live in the usual folder without a server when nothing is said', () => {
    expect(read(['/app'])).toEqual({ home: '/users/ana/Pontual', port: null, isHidden: false });
  });

  it('are found among the switches of Chromium, written either way', () => {
    const args = [
      '--no-sandbox',
      '/app',
      '--remote-debugging-port=0',
      '--home',
      '/data',
      '--port=0',
    ];
    expect(read(args)).toEqual({ home: '/data', port: 0, isHidden: false });
  });

  it('prefer --home to PONTUAL_HOME, and PONTUAL_HOME to the usual folder', () => {
    expect(read([], { PONTUAL_HOME: '/env' }).home).toBe('/env');
    expect(read(['--home', '/data'], { PONTUAL_HOME: '/env' }).home).toBe('/data');
  });

  it('start into the tray with --hidden', () => {
    expect(read(['--hidden']).isHidden).toBe(true);
  });

  it.each(['-1', '65536', '80a', '8085.5', ''])('refuse the port %j with a sentence', (port) => {
    expect(() => read([`--port=${port}`])).toThrow(/--port/);
  });

  it('refuse --home without a folder', () => {
    expect(() => read(['--home'])).toThrow('--home needs a value.');
  });
});
