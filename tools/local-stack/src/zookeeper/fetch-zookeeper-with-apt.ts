import path from 'node:path'
import { openApt } from '../machine/apt-packages.ts'
import { cacheFolder, makeInCache } from '../machine/cache-folder.ts'

export interface FetchZooKeeperOptions {
  readonly onProgress: (line: string) => void
  readonly env: NodeJS.ProcessEnv
  /** `usable`, or why the jars are not usable. */
  readonly check: (jarFolder: string) => Promise<string>
  readonly signal?: AbortSignal | undefined
}

export type FetchedZooKeeper = { ok: true; jarFolder: string } | { ok: false; why: string }

// The server and the libraries that it loads. The package `zookeeper` would also install Java and a user.
const PACKAGES = [
  'libzookeeper-java',
  'libslf4j-java',
  'libnetty-java',
  'libcommons-cli-java',
  'libdropwizard-metrics-java',
  'libsnappy-java',
]

/** The folder of the jars of a ZooKeeper that was fetched earlier. */
export function cachedZooKeeper(env: NodeJS.ProcessEnv): string {
  return jarsIn(path.join(cacheFolder(env), 'zookeeper'))
}

/** Fetches ZooKeeper's jars from the distribution's packages into the user's cache folder, as any user. */
export async function fetchZooKeeperWithApt(options: FetchZooKeeperOptions): Promise<FetchedZooKeeper> {
  const { onProgress, env, check, signal } = options
  const where = cacheFolder(env)
  onProgress(
    `ZooKeeper: none installed, fetching it from the distribution's packages into ${where} (once, 8 MB, no root needed)`,
  )
  const jarFolder = cachedZooKeeper(env)
  const made = await makeInCache({
    name: 'zookeeper',
    env,
    make: async (work) => {
      const apt = await openApt(work, signal)
      const updated = await apt.update()
      const into = path.join(work, 'zookeeper')
      const complaint = await apt.unpack(PACKAGES, into)
      if (complaint !== undefined) return updated.ok ? complaint : updated.complaint
      return check(jarsIn(into))
    },
    isUsable: async () => (await check(jarFolder)) === 'usable',
  })
  if (!made.ok) return made
  onProgress('ZooKeeper: fetched')
  return { ok: true, jarFolder }
}

function jarsIn(folder: string): string {
  return path.join(folder, 'usr/share/java')
}
