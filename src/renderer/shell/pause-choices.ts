const MINUTE = 60_000;

export const PAUSE_CHOICES = ['for15', 'for60', 'tomorrow', 'untilResume'] as const;
export type PauseChoice = (typeof PAUSE_CHOICES)[number];

/** When a pause that is chosen now ends; null is never. Tomorrow means 8:00 on this computer's clock. */
export function pauseEnd(choice: PauseChoice, now: number): Date | null {
  switch (choice) {
    case 'for15':
      return new Date(now + 15 * MINUTE);
    case 'for60':
      return new Date(now + 60 * MINUTE);
    case 'tomorrow': {
      const morning = new Date(now);
      morning.setDate(morning.getDate() + 1);
      morning.setHours(8, 0, 0, 0);
      return morning;
    }
    case 'untilResume':
      return null;
  }
}
