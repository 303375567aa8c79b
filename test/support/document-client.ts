import type { OpenApiDocument } from '../../src/main/server/open-api.ts';

/** What a server answered; null for no content. */
export interface DocumentAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly hasBody: boolean;
}

/** A client that knows nothing but the server's own OpenAPI document: each field goes where that says. */
export async function createDocumentClient(
  url: string,
  token: string,
): Promise<(operationId: string, input: object) => Promise<DocumentAnswer>> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
  const operations = operationsOf(document);
  return async (operationId, input) => {
    const operation = operations.get(operationId);
    if (!operation) throw new Error(`The document has no operation ${operationId}.`);
    return call(url, token, operation, input);
  };
}

function operationsOf(document: OpenApiDocument): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { operationId, parameters = [], requestBody }] of Object.entries(methods))
      operations.set(operationId, {
        method: method.toUpperCase(),
        path,
        parameters,
        hasBody: requestBody !== undefined,
      });
  return operations;
}

async function call(
  url: string,
  token: string,
  { method, path, parameters, hasBody }: Operation,
  input: object,
): Promise<DocumentAnswer> {
  const fields = new Map<string, unknown>(Object.entries(input));
  const query = new URLSearchParams();
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  let target = path;
  for (const { name, in: place } of parameters) {
    if (!fields.has(name)) continue;
    const value = String(fields.get(name));
    fields.delete(name);
    if (place === 'path') target = target.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query') query.set(name, value);
    else headers[name] = value;
  }
  if (hasBody) headers['content-type'] = 'application/json';
  else if (fields.size > 0)
    throw new Error(`${path} says nothing of ${[...fields.keys()].join()}.`);
  const response = await fetch(`${url}${target}${query.size > 0 ? `?${query.toString()}` : ''}`, {
    method,
    headers,
    ...(hasBody ? { body: JSON.stringify(Object.fromEntries(fields)) } : {}),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const body: unknown = response.status === 204 ? null : isJson ? JSON.parse(text) : text;
  return { status: response.status, body };
}
