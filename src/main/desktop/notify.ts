import { Notification } from 'electron';

/** Shows a message of the system, where it can show any. */
export function notify(title: string, body: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body, silent: true });
  notification.on('click', onClick);
  notification.show();
}
