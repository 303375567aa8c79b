import type { DesktopFilledInput, Preferences } from '../../shared/desktop-contract.ts';

/** The preferences after a change; what is absent, or present without a value, stays as it is. */
export function changedPreferences(
  before: Preferences,
  changes: DesktopFilledInput<'preferences.patch'>,
): Preferences {
  const { enabled, port } = before.localServer;
  return {
    language: changes.language ?? before.language,
    theme: changes.theme ?? before.theme,
    closeToTray: changes.closeToTray ?? before.closeToTray,
    startAtLogin: changes.startAtLogin ?? before.startAtLogin,
    localServer: {
      enabled: changes.localServer?.enabled ?? enabled,
      port: changes.localServer?.port ?? port,
    },
  };
}
