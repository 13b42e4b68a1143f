import { SingleBar } from 'cli-progress'

/** Told what goes on. */
export interface StepProgress {
  readonly begin: (stepCount: number) => void
  readonly done: (step: string) => void
  readonly line: (text: string) => void
}

interface Progress extends StepProgress {
  readonly stop: () => void
}

const lineEveryMs = 5_000
const barWidth = 24
const textMax = 70

/** Shows how many steps of a run are done: a bar to a person, lines to a log. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
  const isInteractive = stream.isTTY && process.env['TERM'] !== 'dumb'
  let bar: SingleBar | undefined
  let total = 0
  let done = 0
  let lastLineAtMs = performance.now()
  return {
    begin(stepCount) {
      total = stepCount
      if (!isInteractive) return
      bar = openBar(stream)
      bar.start(total, 0, { text: '' })
    },
    done(step) {
      done += 1
      bar?.update(done, { text: step.slice(0, textMax) })
      if (isInteractive || (performance.now() - lastLineAtMs < lineEveryMs && done < total)) return
      lastLineAtMs = performance.now()
      stream.write(`${done} of ${total} done, the latest: ${step}\n`)
    },
    line(text) {
      // A bar that is drawn already stays below further lines.
      if (!bar) stream.write(`${text}\n`)
    },
    stop: () => bar?.stop(),
  }
}

function openBar(stream: NodeJS.WriteStream): SingleBar {
  return new SingleBar({
    stream,
    barsize: barWidth,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // The lab itself handles Ctrl-C, and stops the bar too.
    gracefulExit: false,
    format: '{bar}  {value}/{total}  {text}',
  })
}
