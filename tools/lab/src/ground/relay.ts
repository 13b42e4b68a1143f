import { createConnection, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** An address that leads to a server and can fail over to another, like a name; its connections can be cut. */
export interface Relay {
  readonly port: number
  /** Leads to another server from now on, and cuts the present connections. */
  readonly leadTo: (port: number) => void
  /** Cuts all connections, and accepts none until `leadTo`. */
  readonly cut: () => void
  readonly close: () => void
}

export async function openRelay(firstTarget: number): Promise<Relay> {
  let target: number | undefined = firstTarget
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    if (target === undefined) return client.destroy()
    const upstream = createConnection({ host: '127.0.0.1', port: target })
    keep(upstream)
    client.pipe(upstream).pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    return undefined
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => {
      target = port
      cutAll()
    },
    cut: () => {
      target = undefined
      cutAll()
    },
    close: () => {
      server.close()
      cutAll()
    },
  }
}
