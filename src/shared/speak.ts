import { z } from 'zod';
import type { Locale } from './i18n/locale.ts';
import { spoken, type Said } from './sentences.ts';

/**
 * What a command answers, said in the language of who asked. The contract tells where sentences are: `says` is about
 * the `message` beside it, `whySays` about the `why`; of lists, each about its own item. Everything else stays the
 * very object that it was, so data of the person is never looked into.
 */
export type Speak = (value: unknown, locale: Locale) => unknown;

const known = new WeakMap<z.core.$ZodType, { readonly speak: Speak | null }>();

/** Found once a schema; null: there is no sentence in what it describes. */
export function speakerOf(schema: z.core.$ZodType): Speak | null {
  const found = known.get(schema);
  if (found !== undefined) return found.speak;
  const speak = makeSpeaker(schema);
  known.set(schema, { speak });
  return speak;
}

function makeSpeaker(schema: z.core.$ZodType): Speak | null {
  if (schema instanceof z.ZodObject) return objectSpeaker(schema.shape);
  if (schema instanceof z.ZodArray) return listSpeaker(speakerOf(schema.element));
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault
  )
    return orNothing(speakerOf(schema.unwrap()));
  return null;
}

function orNothing(speak: Speak | null): Speak | null {
  return speak && ((value, locale) => (isThere(value) ? speak(value, locale) : value));
}

function listSpeaker(speak: Speak | null): Speak | null {
  return (
    speak && ((value, locale) => (value as readonly unknown[]).map((one) => speak(one, locale)))
  );
}

type Fields = Readonly<Record<string, unknown>>;

function objectSpeaker(shape: Readonly<Record<string, z.core.$ZodType>>): Speak | null {
  const inside = Object.entries(shape).flatMap(([name, field]) => {
    const speak = speakerOf(field);
    return speak === null ? [] : [[name, speak] as const];
  });
  const told = Object.keys(shape).flatMap((says) => {
    const text = textOf(says);
    return text === null ? [] : [[text, says] as const];
  });
  if (inside.length === 0 && told.length === 0) return null;
  return (value, locale) => {
    const fields = value as Fields;
    const out: Record<string, unknown> = { ...fields };
    for (const [name, speak] of inside)
      if (isThere(fields[name])) out[name] = speak(fields[name], locale);
    for (const [text, says] of told) out[text] = spokenField(fields[text], fields[says], locale);
    return out;
  };
}

/** The field that a note is about; null: the field is no note. */
function textOf(name: string): string | null {
  if (name === 'says') return 'message';
  return name.endsWith('Says') ? name.slice(0, -'Says'.length) : null;
}

function spokenField(text: unknown, says: unknown, locale: Locale): unknown {
  if (Array.isArray(text) && Array.isArray(says))
    return text.map((one, index) => spokenField(one, says[index], locale));
  if (typeof text !== 'string' || !isThere(says)) return text;
  return spoken({ message: text, says: says as Said }, locale);
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}
