// Serves the pages from their sources, and the rest from the API at VITE_API_URL: a process of its own, since Vite ends the one it
// runs in. It is told to end by SIGTERM, which Vite hears, or by the end of the process that started it.
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { createServer } from 'vite'
import { pagesSource } from '../pages/pages-source.ts'

process.once('disconnect', () => process.exit())

const port = Number(process.env['PORT'])
const server = await createServer({ root: pagesSource, clearScreen: false, server: { host: '127.0.0.1', port } })
await server.listen()
announceReady(server.resolvedUrls?.local[0])
