import { describe, expect, it } from 'vitest';
import { resolveAsset } from '../../../src/main/desktop/asset-path.ts';

const asset = (path: string) => resolveAsset('/app/renderer', 'app://pontual', path);

describe('the files behind app://', () => {
  it('are those of the folder, with the page itself at the root', () => {
    expect(asset('app://pontual/')).toBe('/app/renderer/index.html');
    expect(asset('app://pontual/assets/main-a1.js?v=2#top')).toBe(
      '/app/renderer/assets/main-a1.js',
    );
    expect(asset('app://pontual/a%20b.png')).toBe('/app/renderer/a b.png');
  });

  it.each([
    'app://pontual/../../etc/passwd',
    'app://pontual/%2e%2e/%2e%2e/etc/passwd',
    'app://pontual/..%2f..%2fetc%2fpasswd',
    'app://pontual/assets/../../renderer-secrets/key',
    'app://pontual/..%5c..%5csecret',
    'app://pontual/%00',
    'app://pontual/%',
  ])('never lie outside it: %s', (url) => {
    expect(asset(url)).toBeNull();
  });

  it.each(['app://elsewhere/index.html', 'app://pontual.evil/index.html', 'https://pontual/'])(
    'belong to our origin alone: %s',
    (url) => {
      expect(asset(url)).toBeNull();
    },
  );
});
