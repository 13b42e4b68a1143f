import type { App } from '@flash-sale/local-stack/apps/start-app'

export interface RestartingApp {
  /** Restarts the app. Calls during a restart lead to one more restart after it. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface RestartingAppOptions {
  readonly first: App
  /** Starts the app at the same address as before. */
  readonly start: () => Promise<App>
  readonly onStarted: (app: App, tookMs: number) => void
  /** Called when the app did not start, or ended by itself. Nothing runs until the next restart. */
  readonly onDown: (why: string) => void
}

/** Keeps an app that can be restarted. `pnpm dev` continues even if the app ends. */
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
