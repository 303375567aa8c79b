import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

async function paste(kind: string, text: string): Promise<void> {
  await fireEvent.click(await screen.findByRole('button', { name: 'Import' }));
  await fireEvent.click(await screen.findByRole('radio', { name: kind }));
  await fireEvent.input(screen.getByRole('textbox'), { target: { value: text } });
  await fireEvent.click(screen.getByRole('button', { name: 'Read' }));
}

describe('importing an integration', () => {
  it('shows what was taken of a curl line and what was not, then opens the editor with it', async () => {
    await renderApp('#/integrations');
    await paste('curl', "curl 'https://api.example.com/items?page=2' -o out.json");
    const report = await screen.findByRole('list', { name: /What was taken/ });
    expect(report.textContent).toContain('-o');
    await fireEvent.click(screen.getByRole('button', { name: 'Open in the editor' }));
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('New integration'),
    );
    expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe(
      'https://api.example.com/items',
    );
    // What was asked for a moment ago is no forgotten draft.
    expect(screen.queryByText('Your unsaved changes were kept.')).toBeNull();
  });

  it('asks which operation is meant when a document has several', async () => {
    const bridge = await renderApp('#/integrations');
    const get = (operationId: string) => ({ get: { operationId, responses: {} } });
    const document = {
      openapi: '3.0.3',
      info: { title: 'Shop', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths: { '/items': get('listItems'), '/users': get('listUsers') },
    };
    await paste('OpenAPI', JSON.stringify(document));
    const operation = await screen.findByLabelText('Which request');
    await fireEvent.change(operation, { target: { value: 'listUsers' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Read' }));
    await screen.findByText(/GET https:\/\/api\.example\.com\/users/);
    expect(bridge.inputsOf('integrations.import').at(-1)).toMatchObject({ operation: 'listUsers' });
  });

  it('says at the text why it cannot be used', async () => {
    await renderApp('#/integrations');
    await paste('Postman', 'hello');
    await waitFor(() =>
      expect(screen.getByRole('textbox').getAttribute('aria-invalid')).toBe('true'),
    );
  });
});
