/**
 * The window in a plain browser, over the fake bridge: `npx vite -c test/support/dev-page/vite.config.ts`.
 * `?empty` is a first start, `?runs=100000` a long history, `?still` stops the runs that come by themselves.
 */
import '../../../src/renderer/zod-without-eval.ts';
import { createFakeBridge } from '../fake-bridge.ts';
import { play } from './play.ts';

const wanted = new URLSearchParams(window.location.search);
const bridge = createFakeBridge({
  jobsAndRuns: wanted.has('empty') ? 'none' : 'many',
  runs: Number(wanted.get('runs') ?? 3000),
});
Object.assign(window, { pontual: bridge });
if (!wanted.has('still') && !wanted.has('empty')) play(bridge);
const language = wanted.get('language');
const theme = wanted.get('theme');
await bridge.desktop.call('preferences.patch', {
  ...(language === 'pt-BR' || language === 'en' ? { language } : {}),
  ...(theme === 'dark' || theme === 'light' ? { theme } : {}),
});
await import('../../../src/renderer/main.ts');
