import { createHash } from 'node:crypto';

/** The name of an answer's content (RFC 9110, 8.8.3): who has it need not be sent it again. */
export function entityTag(text: string): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`;
}

/** Whether an If-None-Match header names this content. */
export function isKnown(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === tag || one === '*');
}
