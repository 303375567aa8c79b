import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { PontualError } from '../../src/shared/errors.ts';
import { renderApp, settled } from '../support/render-app.ts';

/** Looking at every element of a screen takes its time on a busy machine. */
const SLOW_MS = 30_000;

/** Enough for every kind of row; each row more is looked at as well. */
const FEW = { runs: 40 };

const screens = [
  ['#/', 'Home'],
  ['#/integrations', 'Integrations'],
  ['#/integrations/new', 'New integration'],
  ['#/integrations/coins', 'Coin prices'],
  ['#/jobs', 'Jobs'],
  ['#/jobs/new', 'New job'],
  ['#/jobs/coins-30s', 'Coins every 30 s'],
  ['#/jobs/orders-sync/edit', 'Orders, every 5 minutes on working days'],
  ['#/runs', 'Runs'],
  ['#/runs/01K00000037', 'Run of'],
  ['#/dead-letters', 'Unresolved failures'],
  ['#/logs', 'Logs'],
  ['#/records', 'Records'],
  ['#/records?integration=coins', 'Records'],
  ['#/records/coins/638', '638'],
  ['#/quarantine', 'Quarantine'],
  ['#/settings', 'Settings'],
] as const;

beforeEach(() => {
  document.body.replaceChildren();
});

async function axeViolations(): Promise<string[]> {
  // Colours and sizes need a layout; they are looked at in the real browser.
  const rules = { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } };
  const { violations } = await axe.run(document.body, {
    rules,
    resultTypes: ['violations'],
    preload: false, // there is no style sheet to fetch
    selectors: false,
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

describe('every screen', () => {
  it.each(screens)(
    '%s has its title and breaks no rule of accessibility',
    async (hash, title) => {
      await renderApp(hash, FEW);
      const headings = screen.getAllByRole('heading', { level: 1 });
      expect(headings.map((heading) => heading.textContent)).toEqual([
        hash.startsWith('#/runs/') ? expect.stringMatching(/^Run of /) : title,
      ]);
      expect(await axeViolations()).toEqual([]);
    },
    SLOW_MS,
  );

  it.each(['#/', '#/integrations', '#/jobs', '#/runs', '#/records', '#/quarantine'])(
    '%s is empty in one sentence at the first start',
    async (hash) => {
      await renderApp(hash, { jobsAndRuns: 'none' });
      expect(screen.queryAllByRole('row')).toEqual([]);
      expect(await axeViolations()).toEqual([]);
    },
    SLOW_MS,
  );

  it('says what is wrong and tries again when nothing can be loaded', async () => {
    const bridge = await renderApp('#/settings');
    bridge.refuse('runs.list', new PontualError('degraded', 'The disk is full.'));
    window.location.hash = '#/runs';
    await waitFor(() => expect(screen.getByText(/The disk is full/)).toBeTruthy());
    bridge.refuse('runs.list', null);
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getByRole('table')).toBeTruthy());
  });
});

describe('language', () => {
  it('changes everything at once and is kept by the desktop', async () => {
    const bridge = await renderApp('#/settings');
    await fireEvent.click(screen.getByRole('radio', { name: 'Português (Brasil)' }));
    await settled();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Configurações');
    expect(document.documentElement.lang).toBe('pt-BR');
    expect(bridge.calls).toContainEqual({
      name: 'preferences.patch',
      input: { language: 'pt-BR' },
    });
  });
});

describe('theme', () => {
  it('is the chosen one, or the one of the system', async () => {
    await renderApp('#/settings');
    await fireEvent.click(screen.getByRole('radio', { name: 'Dark' }));
    await settled();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await fireEvent.click(screen.getAllByRole('radio', { name: 'As the system' })[1]!);
    await settled();
    expect(document.documentElement.dataset['theme']).toBeUndefined();
  });
});

describe('Home', () => {
  it('starts the demo at the first start', async () => {
    const bridge = await renderApp('#/', { jobsAndRuns: 'none' });
    await fireEvent.click(screen.getByRole('button', { name: 'Try the demo' }));
    await waitFor(() => expect(screen.getAllByText('Demo every 30 s').length).toBeGreaterThan(0));
    expect(bridge.inputsOf('demo.start')).toEqual([{}]);
    await waitFor(() => expect(document.activeElement).toBe(document.querySelector('main')));
  });

  it('shows a run progress as its events come', async () => {
    const bridge = await renderApp('#/');
    const [run] = bridge.engine.state.runs;
    const at = new Date().toISOString();
    const running = {
      ...run!,
      id: 'live',
      state: 'running',
      outcome: null,
      startedAt: at,
    } as const;
    bridge.engine.state.runs.unshift(running);
    bridge.emit({ name: 'run.started', at, data: { run: running } });
    const bar = await screen.findByRole('progressbar', {}, { timeout: 3000 });
    const progress = { done: 7, total: 12, etaMs: null, message: null };
    const { jobId, counts } = running;
    bridge.emit({ name: 'run.progress', at, data: { runId: 'live', jobId, counts, progress } });
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('7'));
    expect(screen.getByText('7 of 12 pages')).toBeTruthy();
  });
});

describe('pause', () => {
  it('is resumed from the banner', async () => {
    const bridge = await renderApp('#/runs');
    const { value: status } = (await bridge.call('pause', {
      until: '2030-01-01T08:00:00.000Z',
    })) as { value: { state: string } };
    expect(status.state).toBe('paused');
    await screen.findByText(/All schedules are paused/);
    await fireEvent.click(screen.getAllByRole('button', { name: 'Resume' })[0]!);
    await waitFor(() => expect(screen.queryByText(/All schedules are paused/)).toBeNull());
    expect(bridge.inputsOf('resume')).toHaveLength(1);
  });
});

describe('the list of runs', () => {
  it('asks for what the filters say and writes them into the address', async () => {
    const bridge = await renderApp('#/runs?status=failed');
    expect(bridge.inputsOf('runs.list').at(-1)).toEqual({ limit: 200, outcome: 'failed' });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Job' }), {
      target: { value: 'coins-30s' },
    });
    await settled();
    expect(window.location.hash).toBe('#/runs?status=failed&job=coins-30s');
    expect(bridge.inputsOf('runs.list').at(-1)).toEqual({
      limit: 200,
      outcome: 'failed',
      jobId: 'coins-30s',
    });
  });

  it('takes new runs in at the top and changes known ones in place', async () => {
    const bridge = await renderApp('#/runs');
    const [first] = bridge.engine.state.runs;
    const at = new Date().toISOString();
    const fresh = { ...first!, id: 'fresh', createdAt: at, startedAt: at };
    bridge.emit({
      name: 'run.queued',
      at,
      data: { run: { ...fresh, state: 'queued', outcome: null } },
    });
    const table = screen.getByRole('table');
    await within(table).findByText('Queued');
    bridge.emit({
      name: 'run.finished',
      at,
      data: { run: { ...fresh, state: 'finished', outcome: 'interrupted' } },
    });
    await within(table).findByText('Interrupted');
    expect(within(table).queryByText('Queued')).toBeNull();
  });

  it('moves between rows with the arrow keys and keeps one of them in the tab order', async () => {
    await renderApp('#/runs');
    const links = document.querySelectorAll<HTMLElement>('[data-row]');
    links[0]!.focus();
    await fireEvent.keyDown(links[0]!, { key: 'ArrowDown' });
    await waitFor(() => expect(document.activeElement).toBe(links[1]));
    expect([...links].filter((link) => link.tabIndex === 0)).toEqual([links[1]]);
  });
});

describe('one run', () => {
  it('tells its outcome, its steps and its log, and starts again', async () => {
    const bridge = await renderApp('#/runs');
    const failed = bridge.engine.state.runs.find((run) => run.outcome === 'failed')!;
    window.location.hash = `#/runs/${failed.id}`;
    await screen.findByText(/^Failed after/);
    expect(screen.getAllByText(failed.error!.message).length).toBeGreaterThan(0);
    expect(screen.getAllByText(/^Attempt /).length).toBe(3);
    const log = await screen.findByRole('region', { name: 'The log of this run' });
    expect(log.textContent).toContain('Run ended as failed');
    await fireEvent.click(screen.getAllByRole('button', { name: 'Run again' })[0]!);
    await waitFor(() => expect(bridge.inputsOf('runs.retry')).toEqual([{ id: failed.id }]));
    await waitFor(() => expect(window.location.hash).toMatch(/#\/runs\/01KRETRY/));
  });

  it('opens its TXT log with the desktop', async () => {
    const bridge = await renderApp('#/runs/01K00000299');
    await fireEvent.click(screen.getAllByRole('button', { name: 'Open TXT log' })[0]!);
    expect(bridge.calls).toContainEqual({ name: 'log.open', input: { runId: '01K00000299' } });
  });
});

describe('the job editor', () => {
  it('shows the sentence of a bad cron expression at its field while typing', async () => {
    await renderApp('#/jobs/orders-sync/edit');
    const field = screen.getByRole('textbox', { name: 'Cron expression' });
    await fireEvent.input(field, { target: { value: '0 0 30 2 *' } });
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    const described = field.getAttribute('aria-describedby')!.split(' ')[0]!;
    expect(document.getElementById(described)?.textContent).toMatch(/\w+/);
  });

  it('shows the next five runs from the code that fires them', async () => {
    await renderApp('#/jobs/new');
    await fireEvent.click(screen.getByRole('radio', { name: 'At set times' }));
    await screen.findByText(/08:00/);
    expect(within(document.querySelector('.preview')!).getAllByRole('listitem')).toHaveLength(5);
  });

  it('creates a job with what was chosen and shows refusals at their fields', async () => {
    const bridge = await renderApp('#/jobs/new?integration=coins');
    const name = screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' });
    await fireEvent.input(name, { target: { value: '' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(name.getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getAllByText('A name is needed.').length).toBeGreaterThan(0);
    await fireEvent.input(name, { target: { value: 'Coins hourly' } });
    await fireEvent.click(screen.getByRole('radio', { name: 'Skip them' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(window.location.hash).toBe('#/jobs/coins-hourly'));
    const created = bridge.engine.state.jobs.get('coins-hourly');
    expect(created).toMatchObject({
      integrationId: 'coins',
      missedRuns: { policy: 'skip' },
      schedule: { kind: 'fixed-rate', everyMs: 300_000 },
    });
  });

  it('keeps unsaved changes when somebody leaves and comes back', async () => {
    await renderApp('#/jobs/new');
    await fireEvent.input(screen.getByRole('textbox', { name: 'Name' }), {
      target: { value: 'Half done' },
    });
    window.location.hash = '#/jobs';
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Jobs'));
    window.location.hash = '#/jobs/new';
    await screen.findByText(/unsaved changes were kept/);
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('Half done');
    await fireEvent.click(screen.getByRole('button', { name: 'Discard them' }));
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('');
  });
});

describe('the integration editor', () => {
  it('tests what stands in the form and takes suggestions over', async () => {
    const bridge = await renderApp('#/integrations/new');
    await fireEvent.input(screen.getByRole('textbox', { name: 'Address' }), {
      target: { value: 'https://api.example.com/items' },
    });
    await fireEvent.click(screen.getAllByRole('button', { name: 'Test' })[0]!);
    await screen.findByText(/2 requests, 25 records/);
    const [tested] = bridge.inputsOf('integrations.test');
    expect(tested?.integration.request.url).toBe('https://api.example.com/items');
    await fireEvent.click(screen.getByRole('button', { name: 'Records at $.items[*]' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Key: id' }));
    expect(
      screen.getByRole<HTMLInputElement>('textbox', { name: 'Path of the records' }).value,
    ).toBe('$.items[*]');
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Key' }).value).toBe('id');
  });

  it('says what happened when nothing answers', async () => {
    await renderApp('#/integrations/new');
    await fireEvent.input(screen.getByRole('textbox', { name: 'Address' }), {
      target: { value: 'https://down.example.com' },
    });
    await fireEvent.click(screen.getAllByRole('button', { name: 'Test' })[0]!);
    await screen.findByText(/the connection was refused/);
  });

  it('says at the schema that it is not JSON', async () => {
    const bridge = await renderApp('#/integrations/coins');
    const schema = screen.getByRole('textbox', { name: /^Schema/ });
    await fireEvent.input(schema, { target: { value: '{"type": ' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(schema.getAttribute('aria-invalid')).toBe('true'));
    expect(bridge.inputsOf('integrations.update')).toEqual([]);
  });
});

describe('the keyboard', () => {
  it('opens the palette, finds a job by a word and goes there', async () => {
    await renderApp('#/');
    await fireEvent.keyDown(window, { key: 'k', code: 'KeyK', ctrlKey: true });
    const input = await screen.findByRole('combobox', { name: 'Command palette' });
    await fireEvent.input(input, { target: { value: 'weather hour' } });
    await fireEvent.keyDown(input, { key: 'ArrowDown' });
    await fireEvent.keyDown(input, { key: 'Enter' });
    await waitFor(() => expect(window.location.hash).toBe('#/jobs/weather-hourly'));
  });

  it('focuses the filter with / and leaves a slash alone where somebody writes', async () => {
    await renderApp('#/jobs');
    await fireEvent.keyDown(window, { key: '/', code: 'Slash' });
    const filter = screen.getByRole('searchbox');
    expect(document.activeElement).toBe(filter);
    const slash = new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true });
    filter.dispatchEvent(slash);
    expect(slash.defaultPrevented).toBe(false);
  });

  it('lists its shortcuts with ?', async () => {
    await renderApp('#/jobs');
    await fireEvent.keyDown(window, { key: '?', code: 'Slash', shiftKey: true });
    await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
  });

  it('goes to a screen with g and a letter', async () => {
    await renderApp('#/jobs');
    await fireEvent.keyDown(document.body, { key: 'g', code: 'KeyG' });
    await fireEvent.keyDown(document.body, { key: 'r', code: 'KeyR' });
    await waitFor(() => expect(window.location.hash).toBe('#/runs'));
  });
});

describe('the desktop', () => {
  it('leads the window to a screen', async () => {
    const bridge = await renderApp('#/');
    bridge.emitDesktop({ name: 'navigate', path: '/settings' });
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Settings'),
    );
  });
});
