import type { App } from '@flash-sale/local-stack/apps/start-app'

export interface RestartingApp {
  /** Stops and starts it; asked for again meanwhile, once more after that. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface RestartingAppOptions {
  readonly first: App
  /** Starts it again, in the place of the one before. */
  readonly start: () => Promise<App>
  readonly onStarted: (app: App, tookMs: number) => void
  /** It did not start, or ended by itself: nothing runs until it is restarted. */
  readonly onDown: (why: string) => void
}

/** An app that is started again with each change of its source, and whose end is not the end of everything. */
export function keepRestarting({ first, start, onStarted, onDown }: RestartingAppOptions): RestartingApp {
  let current: App | undefined
  const stopping = new AbortController()
  let isAsked = false
  let restarting: Promise<void> | undefined
  adopt(first)

  function adopt(app: App): void {
    current = app
    void app.exited.then(({ code, signal }) => {
      if (current !== app || stopping.signal.aborted) return
      current = undefined
      onDown(`it ended by itself (${signal ?? `exit code ${code}`})`)
    })
  }

  async function restartWhileAsked(): Promise<void> {
    while (isAsked && !stopping.signal.aborted) {
      isAsked = false
      const before = current
      current = undefined
      await before?.stop()
      const beganAtMs = performance.now()
      try {
        const app = await start()
        adopt(app)
        onStarted(app, performance.now() - beganAtMs)
      } catch (error) {
        if (!stopping.signal.aborted && !isAsked) onDown(error instanceof Error ? error.message : String(error))
      }
    }
  }

  return {
    restart() {
      isAsked = true
      restarting ??= restartWhileAsked().finally(() => (restarting = undefined))
      return restarting
    },
    async stop() {
      stopping.abort()
      await restarting
      await current?.stop()
    },
  }
}
