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
  /** In one line: where it was looked for, and what a person can do about it. */
  | { readonly kind: 'NOT_FOUND'; readonly why: string }

export interface FindChromiumOptions {
  readonly onProgress?: (line: string) => void
  /** Where to look: CHROMIUM, PATH, HOME, XDG_CACHE_HOME. Default: this process' own. */
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * Finds a Chromium: the one that CHROMIUM names, on PATH, among a Mac's applications, in the user's cache folder, or fetched there
 * through apt-get without root. What takes longer than a moment is reported as it happens. That there is none is an answer.
 */
export async function findChromium(options: FindChromiumOptions = {}): Promise<Chromium> {
  const { onProgress = () => undefined, env = process.env, signal } = options
  if (env.CHROMIUM) {
    const answer = await checkChromium(env.CHROMIUM, {})
    if (answer === 'usable') return { kind: 'FOUND', origin: 'env', command: env.CHROMIUM, env: {} }
    // Who names one means that one: another in its place would be a surprise.
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

/** `usable`, or why this file is not a Chromium that will do. */
async function checkChromium(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  if (!isExecutableFile(command)) return 'not there'
  const result = await runCommand(command, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 20_000 })
  if (result.ok && /\bChrom(?:e|ium)\b.*\b\d+\./.test(result.stdout)) return 'usable'
  return `${command} does not run: ${result.complaint || 'no version'}`
}
