import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** This user's own folder under one for everybody's temporary files, made if it is not there. Others may read it. */
export async function temporaryFolder(parent = tmpdir()): Promise<string> {
  const folder = path.join(parent, `flash-sale-${process.getuid?.() ?? 'user'}`)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  // Its name can be guessed by anyone: refuse one that somebody else laid out for us.
  const found = await lstat(folder)
  const isOurs = process.getuid === undefined || found.uid === process.getuid()
  if (!found.isDirectory() || !isOurs) throw new Error(`${folder} is not a folder of this user's; please remove it`)
  return folder
}
