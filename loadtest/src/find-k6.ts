import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const howToGet =
  'Get k6 with `go install go.k6.io/k6@v1.8.1`, or `brew install k6`, or from its image: ' +
  '`docker cp $(docker create grafana/k6:1.8.1):/usr/bin/k6 ~/.local/bin/`'

export const k6Missing = `There is no k6 on PATH or in the bin folder of Go. ${howToGet}`

/** The first version that runs TypeScript directly, and has the summary that we read. */
const majorMin = 1

export type FoundK6 = { readonly command: string } | { readonly missing: string }

/** A k6 that can run our scenarios: on PATH, or in the folder of `go install`. If there is none, one line says how to get it. */
export async function findK6(env: NodeJS.ProcessEnv = process.env): Promise<FoundK6> {
  let tooOld: string | undefined
  for (const command of ['k6', ...(await goInstalled(env))]) {
    const version = await stdoutOf(command, ['version'], env)
    if (version === undefined) continue
    if (majorOf(version) >= majorMin) return { command }
    tooOld ??= `${version.trim()} is too old to run the scenarios. ${howToGet}`
  }
  return { missing: tooOld ?? k6Missing }
}

async function goInstalled(env: NodeJS.ProcessEnv): Promise<string[]> {
  const said = await stdoutOf('go', ['env', 'GOPATH'], env)
  const goPath = said?.trim() || env['GOPATH'] || (env['HOME'] && path.join(env['HOME'], 'go'))
  return goPath ? goPath.split(path.delimiter).map((folder) => path.join(folder, 'bin', 'k6')) : []
}

/** Of `k6 v1.8.1 (go1.26.8, linux/amd64)`: 1. */
function majorOf(version: string): number {
  return Number(/\bv(\d+)\./.exec(version)?.[1] ?? 0)
}

async function stdoutOf(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await run(command, args, { env, timeout: 10_000 })).stdout
  } catch {
    return undefined
  }
}
