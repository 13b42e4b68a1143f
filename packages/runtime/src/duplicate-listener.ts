import { spawn, type ChildProcess, type SendHandle } from 'node:child_process'
import type { Server } from 'node:net'

/** A socket that listens, as `server.listen(handle)` takes it. */
export interface ListenHandle {
  readonly close: () => void
}

const withinMs = 5_000
/** Node cannot duplicate a socket, but a socket that goes to another process and comes back is a duplicate. */
const sendsBack = 'process.on("message", (message, handle) => process.send(message, handle))'

/**
 * Duplicates the socket of a server that listens, so many times. All of them take connections from the one queue of the system, and the
 * queue ends with the last of them. Rejects if no process can be started for it, if the server stops meanwhile, or if it takes over five
 * seconds; no duplicate stays open then.
 */
export async function duplicateListener(server: Server, count: number): Promise<ListenHandle[]> {
  const handle = handleOf(server)
  const echo = spawn(process.execPath, ['-e', sendsBack], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: {} })
  try {
    return await sendAround(echo, handle, count)
  } finally {
    echo.kill('SIGKILL')
  }
}

function sendAround(echo: ChildProcess, handle: SendHandle, count: number): Promise<ListenHandle[]> {
  return new Promise((resolve, reject) => {
    const copies: ListenHandle[] = []
    let hasFailed = false
    const fail = (error: Error) => {
      clearTimeout(late)
      hasFailed = true
      for (const copy of copies.splice(0)) copy.close()
      reject(error)
    }
    const late = setTimeout(() => fail(new Error(`no socket was duplicated in ${withinMs} ms`)), withinMs)
    const take = (copy: ListenHandle) => {
      if (hasFailed) return copy.close()
      copies.push(copy)
      if (copies.length < count) return
      clearTimeout(late)
      // What comes from here on, comes from ending the process.
      resolve(copies.splice(0))
    }
    echo.on('error', fail)
    echo.on('exit', (code, signal) => fail(new Error(`the process that duplicates sockets ended (${code ?? signal})`)))
    echo.on('message', (_message, copy) => take(copy as unknown as ListenHandle))
    for (let i = 0; i < count; i += 1) echo.send('socket', handle, (error) => error && fail(error))
  })
}

/** Sent as a server it would be a server there, which takes connections. */
function handleOf(server: Server): SendHandle {
  const { _handle: handle } = server as unknown as { readonly _handle: SendHandle | null }
  if (!handle) throw new Error('a server that does not listen has no socket to duplicate')
  return handle
}
