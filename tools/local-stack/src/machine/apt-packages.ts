import { mkdir, mkdtemp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { runCommand, type CommandResult } from './run-command.ts'

/** apt without root. Its package lists and downloads are in a folder of ours, and the system itself does not change. */
export interface AptPackages {
  readonly update: () => Promise<CommandResult>
  /** Unpacks these packages alone. Returns undefined, or why it failed. */
  readonly unpack: (packages: readonly string[], into: string) => Promise<string | undefined>
  /** Unpacks these packages and the dependencies that the system lacks. Returns undefined, or why it failed. */
  readonly unpackWithDependencies: (packages: readonly string[], into: string) => Promise<string | undefined>
}

/** Multiarch names of the folders that libraries are in, by the architecture as Node names it. */
const TRIPLES: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ia32: 'i386-linux-gnu',
  ppc64: 'powerpc64le-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  s390x: 's390x-linux-gnu',
}

/** The folders with the libraries of packages unpacked into `folder`. */
export function libraryFolders(folder: string): string[] {
  const triple = TRIPLES[process.arch] ?? ''
  return [path.join(folder, 'usr/lib', triple), path.join(folder, 'lib', triple)]
}

/** apt that works in `work` with package lists of its own, since the machine's lists may be empty or old, and only root may refresh them. */
export async function openApt(work: string, signal: AbortSignal | undefined): Promise<AptPackages> {
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(path.join(work, name), { recursive: true })
  }
  const places = [`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`]
  const manners = ['APT::Sandbox::User=', 'Debug::NoLocking=1', 'Acquire::Retries=2', 'Acquire::http::Timeout=20']
  const options = [...places, ...manners].flatMap((option) => ['-o', option])
  const apt = (args: readonly string[], cwd: string) =>
    runCommand('apt-get', [...options, ...args], { cwd, timeoutMs: 180_000, signal })

  async function extract(folder: string, into: string): Promise<string | undefined> {
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.deb')) continue
      const unpacked = await runCommand('dpkg', ['-x', path.join(folder, file), into], { timeoutMs: 60_000, signal })
      if (!unpacked.ok) return unpacked.complaint
    }
    return undefined
  }

  return {
    update: () => apt(['update'], work),
    async unpack(packages, into) {
      const folder = await mkdtemp(path.join(work, 'packages-'))
      const fetched = await apt(['download', ...packages], folder)
      return fetched.ok ? extract(folder, into) : fetched.complaint
    },
    async unpackWithDependencies(packages, into) {
      // --reinstall also fetches a package that apt calls installed although its files were not found.
      const wanted = ['--download-only', '--reinstall', '--no-install-recommends', '-y', ...packages]
      const fetched = await apt(['install', ...wanted], work)
      return fetched.ok ? extract(path.join(work, 'cache/archives'), into) : fetched.complaint
    },
  }
}
