/** The only IPC channels; commands and events carry their own names. */
export const channels = {
  engineCall: 'pontual:engine-call',
  engineEvents: 'pontual:engine-events',
  desktopCall: 'pontual:desktop-call',
  desktopEvent: 'pontual:desktop-event',
} as const;
