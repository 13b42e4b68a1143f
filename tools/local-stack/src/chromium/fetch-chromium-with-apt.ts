import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { libraryFolders, openApt } from '../machine/apt-packages.ts'
import { cacheFolder, makeInCache } from '../machine/cache-folder.ts'

export interface CachedChromium {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

export interface FetchChromiumOptions {
  readonly onProgress: (line: string) => void
  readonly env: NodeJS.ProcessEnv
  /** `usable`, or why the file is not usable. */
  readonly check: (command: string, env: Readonly<Record<string, string>>) => Promise<string>
  readonly signal?: AbortSignal | undefined
}

export type FetchedChromium = { ok: true; chromium: CachedChromium } | { ok: false; why: string }

// Fonts: a small font with Latin characters, and one with Chinese characters.
const PACKAGES = ['chromium', 'chromium-common', 'fonts-dejavu-core', 'fonts-wqy-microhei']

const FONTS_FILE = 'fonts.conf'
// The system's fonts, if there are any, and the fetched fonts. A browser does not start without a font.
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`

/** The path of a Chromium that was fetched earlier. The caller checks whether it is there and runs. */
export function cachedChromium(env: NodeJS.ProcessEnv): CachedChromium {
  return chromiumIn(path.join(cacheFolder(env), 'chromium'))
}

/**
 * Fetches Chromium and the libraries that the system lacks from the distribution's packages into the user's cache folder. Any user can do
 * it, and the system itself does not change. Ubuntu has no such package, only one that needs a snap; then the result is the reason.
 */
export async function fetchChromiumWithApt(options: FetchChromiumOptions): Promise<FetchedChromium> {
  const { onProgress, env, check, signal } = options
  onProgress(
    `Chromium: none installed, fetching it from the distribution's packages into ${cacheFolder(env)} (once, about 200 MB, no root needed)`,
  )
  const chromium = cachedChromium(env)
  const made = await makeInCache({
    name: 'chromium',
    env,
    make: async (work) => {
      const apt = await openApt(work, signal)
      const updated = await apt.update()
      onProgress('Chromium: package lists read, downloading')
      const into = path.join(work, 'chromium')
      const complaint = await apt.unpackWithDependencies(PACKAGES, into)
      if (complaint !== undefined) return updated.ok ? complaint : updated.complaint
      await writeFile(path.join(into, FONTS_FILE), FONTS)
      const { command, env: needed } = chromiumIn(into)
      return check(command, needed)
    },
    isUsable: async () => (await check(chromium.command, chromium.env)) === 'usable',
  })
  if (!made.ok) return made
  onProgress('Chromium: fetched')
  return { ok: true, chromium }
}

function chromiumIn(folder: string): CachedChromium {
  const libraries = libraryFolders(folder)
  // PulseAudio has a library in a folder of its own.
  const all = [...libraries, path.join(libraries[0] ?? '', 'pulseaudio')]
  return {
    // Not usr/bin/chromium, which is a script that looks for the other files in the system's folders.
    command: path.join(folder, 'usr/lib/chromium/chromium'),
    env: { LD_LIBRARY_PATH: all.join(':'), FONTCONFIG_FILE: path.join(folder, FONTS_FILE) },
  }
}
