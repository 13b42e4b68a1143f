import path from 'node:path'
import { libraryFolders } from '@flash-sale/local-stack/machine/apt-packages'
import { cacheFolder, makeInCache } from '@flash-sale/local-stack/machine/cache-folder'
import { executableOnPath, isExecutableFile } from '@flash-sale/local-stack/machine/executable-file'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { unpackProgram } from '@flash-sale/local-stack/machine/unpack-program'

export interface WantedProgram {
  /** The name of the program and of its package. */
  readonly name: string
  /** Packages of libraries that a bare Debian lacks and that are not named after the library's file. */
  readonly libraries?: readonly string[]
  /** Makes the program print its version. */
  readonly versionFlag: string
  /** Matches the version that a working program prints. */
  readonly says: RegExp
}

export interface FoundProgram {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

/** Finds a server program on PATH or in the user's cache folder, or fetches it there with apt. If there is none, the result says why. */
export async function findProgram(wanted: WantedProgram): Promise<FoundProgram | { readonly why: string }> {
  const { env } = process
  const { name, libraries = [] } = wanted
  const onPath = executableOnPath(name, { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin` })
  if (onPath !== undefined) return { command: onPath, env: {} }
  const cached = programIn(path.join(cacheFolder(env), name), name)
  const isUsable = async () => (await check(cached, wanted)) === 'usable'
  if (await isUsable()) return cached
  if (!executableOnPath('apt-get', env))
    return { why: `${name} is not on PATH, and there is no apt-get to fetch it with` }
  const made = await makeInCache({
    name,
    env,
    make: (work) => {
      const into = path.join(work, name)
      return unpackProgram({
        work,
        into,
        packages: [name, ...libraries],
        check: () => check(programIn(into, name), wanted),
      })
    },
    isUsable,
  })
  return made.ok ? cached : { why: `${name} is not on PATH, and apt could not fetch it: ${made.why}` }
}

function programIn(folder: string, name: string): FoundProgram {
  return {
    command: path.join(folder, 'usr/sbin', name),
    env: { LD_LIBRARY_PATH: libraryFolders(folder).join(':') },
  }
}

async function check({ command, env }: FoundProgram, { versionFlag, says }: WantedProgram): Promise<string> {
  if (!isExecutableFile(command)) return 'not there'
  const answer = await runCommand(command, [versionFlag], { env: { ...process.env, ...env }, timeoutMs: 5_000 })
  return answer.ok && says.test(answer.stdout) ? 'usable' : answer.complaint
}
