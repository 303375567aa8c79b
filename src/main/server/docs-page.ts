import { createHash } from 'node:crypto';
import type { OpenApiDocument, Operation } from './open-api.ts';

/** A page to read, made from the OpenAPI document: no script, nothing from elsewhere, nothing that calls anything. */

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe2, #3a3f4b); --soft: light-dark(#5b6270, #a2a9b8); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
p, .doc { color: var(--soft); }
`;

/** Allows the page its one style sheet and nothing else. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `address` is where the server listens: the example is to be copied as it stands. */
export function docsPage(document: OpenApiDocument, address: string): string {
  const { title, version, description } = document.info;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} REST API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)} REST API ${escapeHtml(version)}</h1>
<p>${escapeHtml(description)}</p>
<p>Each request carries <code>Authorization: Bearer</code> and the content of the file <code>api-token</code> in the home
folder; in the app, Settings → Local server → Copy token. A browser sends no such header, so this page only tells:
ask from a terminal or a program.</p>
<pre>curl -H "Authorization: Bearer $(cat api-token)" ${escapeHtml(address)}/api/v1/status</pre>
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
<h2>Commands</h2>
${Object.entries(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => commandHtml(method, path, operation)),
  )
  .join('\n')}
<h2>Shapes</h2>
${Object.entries(document.components.schemas)
  .map(([name, schema]) => detailsHtml(`<code>${escapeHtml(name)}</code>`, jsonHtml(schema), name))
  .join('\n')}
</body>
</html>
`;
}

function commandHtml(method: string, path: string, operation: Operation): string {
  const title = `<code>${method.toUpperCase()} ${escapeHtml(path)}</code> <span class="doc">${escapeHtml(operation.summary)}</span>`;
  const { parameters, requestBody, responses } = operation;
  return detailsHtml(
    title,
    jsonHtml({ parameters, requestBody, responses }),
    operation.operationId,
  );
}

function detailsHtml(title: string, content: string, id: string): string {
  return `<details id="${escapeHtml(id)}"><summary>${title}</summary>${content}</details>`;
}

function jsonHtml(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
