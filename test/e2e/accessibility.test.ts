import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PATIENTLY = { timeout: 20_000, interval: 100 };
const TABS = 70;
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe('a long list', () => {
  it('gives the focus to its far rows', async () => {
    const { page } = await appWithData(1000);
    await show(page, '#/records?integration=items');
    const row = (at: number) => page.locator(`[data-row="${at}"]`);
    await row(0).focus();
    for (const [key, at] of [
      ['End', 199],
      ['Home', 0],
      ['ArrowDown', 1],
    ] as const) {
      await page.keyboard.press(key);
      await expect
        .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['row']), {
          ...PATIENTLY,
          message: key,
        })
        .toBe(String(at));
      await row(at).waitFor();
    }
  });
});

describe('every screen', () => {
  it('holds to the rules of accessibility in both themes', async () => {
    const running = await appWithData();
    const { page } = running;
    await page.evaluate(await readFile(axeFile, 'utf8'));
    const found: string[] = [];
    for (const theme of ['light', 'dark']) {
      await page.evaluate(setTheme, theme);
      for (const address of await screensOf(running)) {
        await show(page, address);
        const { passes, violations } = await page.evaluate(checkRules, rules);
        expect(passes, `rules that hold on ${address}`).toBeGreaterThan(15);
        found.push(...violations.map((violation) => `${theme} ${address} ${violation}`));
      }
    }
    expect(found).toEqual([]);
  });

  it('can be walked through with Tab: no stop without a ring, none that holds the focus', async () => {
    const running = await appWithData();
    const { page } = running;
    for (const address of await screensOf(running)) {
      await show(page, address);
      const stops = await walk(page);
      expect(stops.length, `stops on ${address}`).toBeGreaterThan(5);
      expect(
        stops.filter(({ hasRing }) => !hasRing).map(({ name }) => name),
        `stops without a ring on ${address}`,
      ).toEqual([]);
      const longest = stops.slice(4).filter((stop, at) => stops[at]?.id === stop.id);
      expect(longest, `stops that hold the focus on ${address}`).toEqual([]);
    }
  });

  it('gets the focus back when a dialog over it is closed', async () => {
    const { page } = await appWithData();
    const jobs = page.getByRole('link', { name: 'Jobs', exact: true });
    for (const keys of ['Control+k', 'Shift+?']) {
      await jobs.focus();
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await expect
        .poll(() => jobs.evaluate((link) => link === document.activeElement), PATIENTLY)
        .toBe(true);
    }
  });
});

/** One integration, one job, records and a refused one. */
async function appWithData(count = 40): Promise<RunningApp> {
  const items = Array.from({ length: count }, (_, at) =>
    at === 7 ? { name: 'no id' } : { id: at },
  );
  const api = await startItemsApi(items, items.length);
  const running = await launchApp({ home: await temporaryFolder() });
  await registerEverySecond(running, api.url, { kind: 'manual' });
  const { runIds } = await running.call('jobs.run', { id: 'every-second' });
  const state = async () => (await running.call('runs.get', { id: runIds[0]! })).state;
  await expect.poll(state, PATIENTLY).toBe('finished');
  return running;
}

async function screensOf(running: RunningApp): Promise<string[]> {
  const { items: runs } = await running.call('runs.list', {});
  const { items: records } = await running.call('records.list', { integrationId: 'items' });
  return [
    '#/',
    '#/integrations',
    '#/integrations/items',
    '#/integrations/new',
    '#/jobs',
    '#/jobs/every-second',
    '#/jobs/every-second/edit',
    '#/runs',
    `#/runs/${runs[0]!.id}`,
    '#/dead-letters',
    '#/records?integration=items',
    `#/records/items/${encodeURIComponent(records[0]!.key)}`,
    '#/quarantine?integration=items',
    '#/logs',
    '#/settings',
  ];
}

/** A screen is there when its title is and nothing on it still loads. */
async function show(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), address);
  await page.locator('main h1').waitFor();
  await page.locator('main [aria-busy="true"]').waitFor({ state: 'detached' });
}

function setTheme(theme: string): Promise<unknown> {
  const { pontual } = window as unknown as {
    pontual: { desktop: { call(name: string, input: unknown): Promise<unknown> } };
  };
  return pontual.desktop.call('preferences.patch', { theme });
}

interface AxeResult {
  readonly passes: readonly unknown[];
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function checkRules(runOnly: string[]) {
  const { axe } = window as unknown as {
    axe: { run(context: Document, options: unknown): Promise<AxeResult> };
  };
  const { passes, violations } = await axe.run(document, { runOnly });
  return {
    passes: passes.length,
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`),
  };
}

interface Stop {
  readonly id: number;
  readonly name: string;
  readonly hasRing: boolean;
}

/** Where Tab leads from the start of the document, until it leaves the page. */
async function walk(page: Page): Promise<Stop[]> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const stops: Stop[] = [];
  while (stops.length < TABS) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focusedStop);
    if (stop === null || (stops.length > 5 && stop.id === stops[0]?.id)) break;
    stops.push(stop);
  }
  return stops;
}

function focusedStop(): Stop | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const counted = window as unknown as { stops?: Map<Element, number> };
  const seen = (counted.stops ??= new Map());
  if (!seen.has(element)) seen.set(element, seen.size);
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    id: seen.get(element)!,
    name: element.outerHTML.slice(0, 120),
    hasRing: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
  };
}
