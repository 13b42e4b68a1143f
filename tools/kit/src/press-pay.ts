import { setTimeout as sleep } from 'node:timers/promises'

/** The buttons on the pay page of the simulated provider. */
export type PayButton = 'succeed' | 'fail' | 'succeed-late'

const triesMax = 20
const pauseMs = 100

/**
 * Presses a button of a pay page, as a person does. Pressing again changes nothing, so it is pressed again if the answer is lost.
 * `url` is that of the begun payment. Rejects if the page is gone or never answers.
 */
export async function pressPay(url: string, button: PayButton = 'succeed'): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${url}/${button}`, { method: 'POST', redirect: 'manual' }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.status === 303) return
    if (answer !== undefined || tries === triesMax) {
      throw new Error(`the pay page answered ${answer?.status ?? 'nothing'}: ${url}`)
    }
    await sleep(pauseMs)
  }
}
