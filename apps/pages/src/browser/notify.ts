/** Whether the browser shows notifications of this page: it may be asked, the reader agreed, or it shows none. */
export type NotifyPermission = 'MAY_ASK' | 'SHOWN' | 'NOT_SHOWN'

/** Browsers have notifications on HTTPS only. */
export function notifyPermission(): NotifyPermission {
  if (!('Notification' in globalThis) || Notification.permission === 'denied') return 'NOT_SHOWN'
  return Notification.permission === 'granted' ? 'SHOWN' : 'MAY_ASK'
}

/** Asks the reader. Resolves when the reader answered. Call it in the handler of a press. */
export async function askToNotify(): Promise<void> {
  if (notifyPermission() === 'MAY_ASK') await Notification.requestPermission().catch(() => undefined)
}

/** Shows a notification, if the reader agreed. A press on it brings this page to the front. A later one of the same name replaces it. */
export function notify(name: string, title: string, body: string): void {
  if (notifyPermission() !== 'SHOWN') return
  try {
    const shown = new Notification(title, { body, tag: name, icon: '/icon.svg' })
    shown.addEventListener('click', () => {
      window.focus()
      shown.close()
    })
  } catch {
    // Chrome on Android takes notifications from service workers only.
  }
}
