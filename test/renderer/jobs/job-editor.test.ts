import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

const PATIENTLY = { timeout: 10_000 };

beforeEach(() => {
  document.body.replaceChildren();
});

it(
  'the editor asks for the next runs of the job as it would be saved',
  { timeout: 30_000 },
  async () => {
    const bridge = await renderApp('#/jobs/coins-30s/edit');
    const asked = () => bridge.inputsOf('schedules.preview').at(-1)?.job;
    await waitFor(
      () => expect(asked()).toMatchObject({ id: 'coins-30s', blackouts: [] }),
      PATIENTLY,
    );
    await fireEvent.click(screen.getByText('Window, silence and conditions'));
    await fireEvent.click(await screen.findByText('Add a silent window', {}, PATIENTLY));
    await waitFor(() => expect(asked()?.blackouts).toHaveLength(1), PATIENTLY);
  },
);

it(
  'among many jobs, the one to run after is found by its name, and stays when it is chosen',
  { timeout: 30_000 },
  async () => {
    const bridge = await renderApp('#/jobs');
    const { jobs } = bridge.engine.state;
    const pattern = jobs.get('coins-30s')!;
    for (let n = 1; n <= 20; n++)
      jobs.set(`many-${n}`, { ...pattern, id: `many-${n}`, name: `Many ${n}` });
    await bridge.call('jobs.pause', { id: 'rates-daily' });
    window.location.hash = '#/jobs/coins-30s/edit';
    await fireEvent.click(await screen.findByText('Window, silence and conditions', {}, PATIENTLY));
    const legend = await screen.findByText('After these jobs', {}, PATIENTLY);
    const after = legend.closest('fieldset')!;
    const shown = () =>
      [...after.querySelectorAll('label:has(input[type="checkbox"])')].map((label) =>
        label.textContent.trim(),
      );
    await waitFor(() => expect(shown()).toHaveLength(12), PATIENTLY);

    const search = after.querySelector('input[type="search"]')!;
    await fireEvent.input(search, { target: { value: 'many 17' } });
    await waitFor(() => expect(shown()).toEqual(['Many 17']), PATIENTLY);
    await fireEvent.click(after.querySelector('input[type="checkbox"]')!);
    await fireEvent.input(search, { target: { value: 'many 2' } });
    await waitFor(() => expect(shown()).toEqual(['Many 17', 'Many 2', 'Many 20']), PATIENTLY);
  },
);
