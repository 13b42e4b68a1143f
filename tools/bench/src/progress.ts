import { MultiBar } from 'cli-progress'

/** Shows which part is being measured and the remaining time: a bar for a person, lines for a log. */
export interface Progress {
  /** A step begins that needs about so long. */
  readonly begin: (title: string, needsMs: number) => void
  readonly say: (what: string) => void
  /** A line that stays. */
  readonly line: (text: string) => void
  readonly stop: () => void
}

const lineEveryMs = 5_000
const redrawEveryMs = 500
const barWidth = 24

export function showProgress(totalMs: number, stream: NodeJS.WriteStream = process.stdout): Progress {
  const isInteractive = stream.isTTY && process.env['TERM'] !== 'dumb'
  const bars = isInteractive ? openBars(stream) : undefined
  const bar = bars?.create(1, 0, { text: '' })
  let current = { title: 'starting', what: '', needsMs: 0, startedAtMs: performance.now() }
  let laterMs = totalMs
  let lastLineAtMs = -Infinity
  const leftMs = () => laterMs + Math.max(0, current.needsMs - (performance.now() - current.startedAtMs))
  const text = () => {
    const { title, what } = current
    return `${[title, what].filter(Boolean).join(': ')} (${durationText(leftMs())} left)`
  }
  const redraw = () => bar?.update(1 - leftMs() / totalMs, { text: text() })
  const timer = isInteractive ? setInterval(redraw, redrawEveryMs) : undefined
  const line = (written: string) => {
    if (bars) bars.log(`${written}\n`)
    else stream.write(`${written}\n`)
  }
  return {
    begin(title, needsMs) {
      laterMs = Math.max(0, laterMs - needsMs)
      current = { title, what: '', needsMs, startedAtMs: performance.now() }
      lastLineAtMs = -Infinity
    },
    say(what) {
      current.what = what
      if (isInteractive) return redraw()
      if (performance.now() - lastLineAtMs < lineEveryMs) return
      lastLineAtMs = performance.now()
      line(text())
    },
    line,
    stop() {
      clearInterval(timer)
      bars?.stop()
    },
  }
}

function openBars(stream: NodeJS.WriteStream): MultiBar {
  return new MultiBar({
    stream,
    barsize: barWidth,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // The bench itself handles Ctrl-C, and stops the bar too.
    gracefulExit: false,
    format: '{bar}  {text}',
  })
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`
}
