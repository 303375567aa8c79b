import { PagedFile, type ImageBytes } from '../../src/main/engine/store/database/paged-file.ts';

/** What a file would hold into which the image is written. */
export function bytesOf(image: ImageBytes): Buffer {
  const bytes = Buffer.alloc(image.size);
  PagedFile.over(image).read(bytes, 0);
  return bytes;
}
