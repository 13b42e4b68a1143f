import { executableOnPath, isExecutableFile } from '../machine/executable-file.ts'
import { cachedChromium, fetchChromiumWithApt } from './fetch-chromium-with-apt.ts'
import { runCommand } from '../machine/run-command.ts'

export type Chromium =
  | {
      readonly kind: 'FOUND'
      readonly origin: 'env' | 'path' | 'applications' | 'cache' | 'apt'
      readonly command: string
      /** What the command needs beside the caller's own environment. */
      readonly env: Readonly<Record<string, string>>
    }
  /** One line: which places were searched, and what a person can do. */
  | { readonly kind: 'NOT_FOUND'; readonly why: string }

export interface FindChromiumOptions {
  readonly onProgress?: (line: string) => void
  /** The variables CHROMIUM, PATH, HOME and XDG_CACHE_HOME. Default: this process' environment. */
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * Finds a Chromium: the file that CHROMIUM names, or on PATH, among a Mac's applications, or in the user's cache folder, into which apt-get
 * fetches it without root. Reports slow steps as they happen. If there is none, the result says why.
 */
export async function findChromium(options: FindChromiumOptions = {}): Promise<Chromium> {
  const { onProgress = () => undefined, env = process.env, signal } = options
  if (env.CHROMIUM) {
    const answer = await checkChromium(env.CHROMIUM, {})
    if (answer === 'usable') return { kind: 'FOUND', origin: 'env', command: env.CHROMIUM, env: {} }
    // If CHROMIUM names a file, no other file replaces it.
    return { kind: 'NOT_FOUND', why: `CHROMIUM names ${env.CHROMIUM}, which is no browser that runs: ${answer}` }
  }
  const tried: string[] = []
  const onPath = NAMES.map((name) => executableOnPath(name, env)).filter((command) => command !== undefined)
  if (onPath.length === 0) tried.push(`none of ${NAMES.join(', ')} is on PATH`)
  for (const command of [...onPath, ...APPLICATIONS.filter(isExecutableFile)]) {
    const answer = await checkChromium(command, {})
    const origin = APPLICATIONS.includes(command) ? 'applications' : 'path'
    if (answer === 'usable') return { kind: 'FOUND', origin, command, env: {} }
    tried.push(answer)
  }
  const cached = cachedChromium(env)
  if ((await checkChromium(cached.command, cached.env)) === 'usable') {
    return { kind: 'FOUND', origin: 'cache', ...cached }
  }
  if (executableOnPath('apt-get', env) && executableOnPath('dpkg', env)) {
    const fetched = await fetchChromiumWithApt({ onProgress, env, check: checkChromium, signal })
    if (fetched.ok) return { kind: 'FOUND', origin: 'apt', ...fetched.chromium }
    tried.push(`apt-get: ${fetched.why}`)
  } else {
    tried.push('apt-get is not on PATH')
  }
  return {
    kind: 'NOT_FOUND',
    why:
      `no Chromium was found and none could be fetched (${tried.join('; ')}). Any one of these helps: install chromium or ` +
      'google-chrome so that it is on PATH ("sudo apt-get install chromium" on Debian, "brew install --cask chromium" on a ' +
      'Mac), or set CHROMIUM to the path of one.',
  }
}

/** `usable`, or why this file is not a usable Chromium. */
async function checkChromium(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  if (!isExecutableFile(command)) return 'not there'
  const result = await runCommand(command, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 20_000 })
  if (result.ok && /\bChrom(?:e|ium)\b.*\b\d+\./.test(result.stdout)) return 'usable'
  return `${command} does not run: ${result.complaint || 'no version'}`
}
