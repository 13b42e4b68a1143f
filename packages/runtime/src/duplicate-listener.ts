import { spawn, type ChildProcess, type SendHandle } from 'node:child_process'
import type { Server } from 'node:net'

/** A socket that listens, as `server.listen(handle)` takes it. */
export type ListenHandle = SendHandle

const withinMs = 5_000
/** Node cannot duplicate a socket, but a socket that goes to another process and comes back is a duplicate. */
const sendsBack = 'process.on("message", (message, handle) => process.send(message, handle))'

/**
 * Duplicates the socket of a server that listens, so many times. All of them take connections from the one queue of the system, and the
 * queue ends with the last of them. Rejects if no process can be started for it, or if it takes over five seconds.
 */
export async function duplicateListener(server: Server, count: number): Promise<ListenHandle[]> {
  const echo = spawn(process.execPath, ['-e', sendsBack], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: {} })
  try {
    return await sendAround(echo, handleOf(server), count)
  } finally {
    echo.kill('SIGKILL')
  }
}

function sendAround(echo: ChildProcess, handle: SendHandle, count: number): Promise<ListenHandle[]> {
  return new Promise((resolve, reject) => {
    const copies: ListenHandle[] = []
    const late = setTimeout(() => reject(new Error(`no socket was duplicated in ${withinMs} ms`)), withinMs)
    const fail = (error: Error) => {
      clearTimeout(late)
      reject(error)
    }
    echo.once('error', fail)
    echo.once('exit', (code, signal) =>
      fail(new Error(`the process that duplicates sockets ended (${code ?? signal})`)),
    )
    echo.on('message', (_message, copy) => {
      copies.push(copy)
      if (copies.length < count) return
      clearTimeout(late)
      resolve(copies)
    })
    for (let i = 0; i < count; i += 1) echo.send('socket', handle)
  })
}

/** Sent as a server it would be a server there, which takes connections. */
function handleOf(server: Server): SendHandle {
  return (server as unknown as { readonly _handle: SendHandle })._handle
}
