// Serves the pages from their sources, and all other paths from the API at VITE_API_URL. It is a process of its own, since Vite ends its
// process. SIGTERM ends it, and so does the end of the process that started it.
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { createServer } from 'vite'
import { pagesSource } from '../pages/pages-source.ts'

process.once('disconnect', () => process.exit())

const port = Number(process.env['PORT'])
const server = await createServer({ root: pagesSource, clearScreen: false, server: { host: '127.0.0.1', port } })
await server.listen()
announceReady(server.resolvedUrls?.local[0])
