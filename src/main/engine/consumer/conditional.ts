import type { PageValidator } from '../store/ops.ts';
import { headerText, type ResponseHeaders } from './http/headers.ts';

/** Asking for a page only if it has changed (RFC 9110, 13.1). Pure. */

/** What makes the request for a page conditional; the validator belongs to the same address. */
export function conditionalHeaders(validator: PageValidator): Readonly<Record<string, string>> {
  return {
    ...(validator.etag === null ? {} : { 'if-none-match': validator.etag }),
    ...(validator.lastModified === null ? {} : { 'if-modified-since': validator.lastModified }),
  };
}

/** What the last complete read knows of this page; null when it lay at another address then. */
export function validatorFor(
  validators: readonly PageValidator[],
  page: number,
  url: string,
): PageValidator | null {
  return validators.find((one) => one.page === page && one.url === url) ?? null;
}

/** The validators that an answer carries. */
export function validatorsIn(
  headers: ResponseHeaders,
): Pick<PageValidator, 'etag' | 'lastModified'> {
  return { etag: headerText(headers, 'etag'), lastModified: headerText(headers, 'last-modified') };
}
