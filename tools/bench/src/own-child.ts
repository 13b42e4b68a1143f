import { startOwnProcess } from '@flash-sale/local-stack/machine/own-process'
import { nodeArgs } from '@flash-sale/local-stack/apps/run-module'

/** A process of the bench's own that answers questions, one at a time. */
export interface OwnChild<Question, Answer> {
  readonly pid: number
  /** Rejects with the child's error, or if the child ends before it has answered. */
  readonly ask: (question: Question) => Promise<Answer>
  readonly stop: () => Promise<void>
}

type Reply<Answer> = { readonly answer: Answer } | { readonly failure: string }

/** Short, since the child has nothing to finish. */
const stopWithinMs = 1_000

/** Starts a module that calls `answerParent`. It ends when it is stopped, and with this process. */
export async function startOwnChild<Question extends object, Answer>(module: URL): Promise<OwnChild<Question, Answer>> {
  const { child, pid, exited, stop } = await startOwnProcess({
    command: process.execPath,
    args: nodeArgs(module),
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    stopSignal: 'SIGTERM',
    stopWithinMs,
  })
  const ask = (question: Question) =>
    new Promise<Answer>((resolve, reject) => {
      child.once('message', (reply: Reply<Answer>) => {
        if ('failure' in reply) reject(new Error(reply.failure))
        else resolve(reply.answer)
      })
      void exited.then(() => reject(new Error('a process of the bench ended before it had answered')))
      child.send(question)
    })
  return { pid, ask, stop }
}

/** The child's side: answers what the process that started it asks. */
export function answerParent(answer: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    answer(question as never).then(
      (given) => process.send?.({ answer: given } satisfies Reply<unknown>),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.once('disconnect', () => process.exit(0))
}

/** A module of the bench, by its path in src: the source when sources run, else what was compiled from it. */
export function benchModule(path: string): URL {
  return new URL(`${path}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
