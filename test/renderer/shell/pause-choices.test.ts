import { describe, expect, it } from 'vitest';
import { pauseEnd } from '../../../src/renderer/shell/pause-choices.ts';

describe('pauseEnd', () => {
  const now = new Date(2026, 10, 20, 23, 50).getTime();

  it('counts minutes from now', () => {
    expect(pauseEnd('for15', now)?.getTime()).toBe(now + 900_000);
    expect(pauseEnd('for60', now)?.getTime()).toBe(now + 3_600_000);
  });

  it('means 8:00 of the next day of the calendar by tomorrow', () => {
    expect(pauseEnd('tomorrow', now)).toEqual(new Date(2026, 10, 21, 8, 0));
    expect(pauseEnd('tomorrow', new Date(2026, 10, 20, 0, 5).getTime())).toEqual(
      new Date(2026, 10, 21, 8, 0),
    );
  });

  it('has no end until somebody resumes', () => {
    expect(pauseEnd('untilResume', now)).toBeNull();
  });
});
