import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { readText, replaceFile, type StoreFiles } from '../files/store-files.ts';
import { MANIFEST } from './layout.ts';

/** A snapshot that was verified: its journal is the one of the same generation. */
const generationSchema = z.object({
  generation: z.number().int().min(1),
  lsn: z.number().int().min(0),
  bytes: z.number().int().min(1),
  sha256: z.string().length(64),
  at: z.number(),
});
export type Generation = z.infer<typeof generationSchema>;

const manifestSchema = z.object({
  format: z.literal(1),
  lineage: z.string().length(32),
  /** Newest first, two at most. */
  generations: z.array(generationSchema).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;

const fileSchema = z.object({ checksum: z.number(), manifest: z.unknown() });

/** What the home says of itself; null when it says nothing that can be believed, and the files have to be looked at. */
export async function readManifest(files: StoreFiles): Promise<Manifest | null> {
  const text = await readText(files, MANIFEST);
  if (text === null) return null;
  try {
    const { checksum, manifest } = fileSchema.parse(JSON.parse(text));
    return crc32(JSON.stringify(manifest)) === checksum ? manifestSchema.parse(manifest) : null;
  } catch {
    return null;
  }
}

export async function writeManifest(files: StoreFiles, manifest: Manifest): Promise<void> {
  const checksum = crc32(JSON.stringify(manifest));
  await replaceFile(files, MANIFEST, `${JSON.stringify({ checksum, manifest }, null, 2)}\n`);
}
