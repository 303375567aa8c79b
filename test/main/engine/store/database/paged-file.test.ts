import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_BYTES,
  PagedFile,
} from '../../../../../src/main/engine/store/database/paged-file.ts';
import { bytesOf } from '../../../../support/image-bytes.ts';

function fileContent(file: PagedFile): Buffer {
  const bytes = Buffer.alloc(file.size);
  file.read(bytes, 0);
  return bytes;
}

describe('a paged file', () => {
  it('reads no further than it reaches', () => {
    const file = PagedFile.of(Buffer.from('abc'));
    const target = Buffer.alloc(5, '.');
    expect(file.read(target, 1)).toBe(2);
    expect(target.toString()).toBe('bc...');
    expect(file.read(target, 3)).toBe(0);
    expect(file.read(target, 10 * CHUNK_BYTES)).toBe(0);
  });

  it('holds zeros where nothing was written, and after it was cut and grew again', () => {
    const file = PagedFile.of(Buffer.alloc(CHUNK_BYTES + 10, 'x'));
    file.truncate(5);
    file.write(Buffer.from('end'), 3 * CHUNK_BYTES);
    const expected = Buffer.alloc(3 * CHUNK_BYTES + 3);
    expected.write('xxxxx');
    expected.write('end', 3 * CHUNK_BYTES);
    expect(fileContent(file).equals(expected)).toBe(true);
  });

  it('copies a chunk once while an image is held, and none any more when it is released', () => {
    const file = PagedFile.of(Buffer.alloc(2 * CHUNK_BYTES));
    const first = file.image();
    file.write(Buffer.from('a'), 0);
    const second = file.image();
    expect(second.chunks[0]).not.toBe(first.chunks[0]);
    expect(second.chunks[1]).toBe(first.chunks[1]);
    first.release();
    first.release();
    file.write(Buffer.from('b'), 0);
    expect(bytesOf(second).toString('latin1', 0, 1)).toBe('a');
    second.release();
    const before = file.image();
    before.release();
    file.write(Buffer.from('c'), 0);
    expect(file.image().chunks[0]).toBe(before.chunks[0]);
  });

  it('leaves the image that it began as alone, whatever else is released', () => {
    const image = PagedFile.of(Buffer.from('old')).image();
    const file = PagedFile.over(image);
    file.image().release();
    file.write(Buffer.from('new'), 0);
    expect(bytesOf(image).toString()).toBe('old');
    expect(fileContent(file).toString()).toBe('new');
  });

  it('uses a chunk again when neither it nor an image shows it any more, and not before', () => {
    const file = PagedFile.of(Buffer.alloc(2 * CHUNK_BYTES, 'x'));
    const image = file.image();
    const [first] = image.chunks;
    file.write(Buffer.from('a'), 0);
    file.truncate(10);
    const other = PagedFile.of(Buffer.alloc(4 * CHUNK_BYTES, 'y'));
    expect(bytesOf(image).equals(Buffer.alloc(2 * CHUNK_BYTES, 'x'))).toBe(true);
    image.release();
    const next = PagedFile.empty();
    next.truncate(2 * CHUNK_BYTES);
    expect(next.image().chunks).toContain(first);
    expect(fileContent(next).equals(Buffer.alloc(2 * CHUNK_BYTES))).toBe(true);
    expect(fileContent(other).equals(Buffer.alloc(4 * CHUNK_BYTES, 'y'))).toBe(true);
  });

  it('leaves the images alone when it is given up', () => {
    const file = PagedFile.of(Buffer.alloc(CHUNK_BYTES, 'x'));
    const image = file.image();
    file.discard();
    PagedFile.of(Buffer.alloc(4 * CHUNK_BYTES, 'y'));
    expect(bytesOf(image).equals(Buffer.alloc(CHUNK_BYTES, 'x'))).toBe(true);
  });

  it('is what plain bytes would be, and so is each image, after any changes', () => {
    const position = fc.integer({ min: 0, max: 5 * CHUNK_BYTES });
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        position,
        bytes: fc.uint8Array({ minLength: 1, maxLength: 5000 }),
      }),
      fc.record({ kind: fc.constant('truncate' as const), position }),
      fc.record({ kind: fc.constant('image' as const) }),
      fc.record({ kind: fc.constant('release' as const) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const file = PagedFile.empty();
        let model: Buffer = Buffer.alloc(0);
        const images: { readonly image: ReturnType<PagedFile['image']>; readonly was: Buffer }[] =
          [];
        for (const one of changes) {
          if (one.kind === 'write') {
            file.write(one.bytes, one.position);
            model = resized(model, Math.max(model.length, one.position + one.bytes.length));
            model.set(one.bytes, one.position);
          } else if (one.kind === 'truncate') {
            file.truncate(one.position);
            model = resized(model, one.position);
          } else if (one.kind === 'image')
            images.push({ image: file.image(), was: Buffer.from(model) });
          else images.shift()?.image.release();
          for (const { image, was } of images) expect(bytesOf(image).equals(was)).toBe(true);
        }
        expect(fileContent(file).equals(model)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

function resized(bytes: Buffer, size: number): Buffer {
  const result = Buffer.alloc(size);
  bytes.copy(result, 0, 0, size);
  return result;
}
