import { openApt } from './apt-packages.ts'

export interface UnpackProgramOptions {
  /** Where apt works; removed by the caller. */
  readonly work: string
  /** Where the packages' files go. */
  readonly into: string
  /** The program and the libraries that a bare Debian or Ubuntu lacks. */
  readonly packages: readonly string[]
  readonly onUpdated?: () => void
  /** `usable`, or why it is not. */
  readonly check: () => Promise<string>
  readonly signal?: AbortSignal | undefined
}

// Some machines lack one more library, such as OpenSSL's: the program names it when it does not run.
const EXTRA_LIBRARIES_MAX = 8

/** Unpacks a program of the distribution's packages. `usable` when all went well, else what went wrong. */
export async function unpackProgram({
  work,
  into,
  packages,
  onUpdated,
  check,
  signal,
}: UnpackProgramOptions): Promise<string> {
  const apt = await openApt(work, signal)
  const updated = await apt.update()
  onUpdated?.()
  // A foreign source that fails does not matter as long as these packages can be had: download is the judge.
  const complaint = await apt.unpack(packages, into)
  if (complaint !== undefined) return updated.ok ? complaint : updated.complaint
  let answer = await check()
  for (let extra = 0; extra < EXTRA_LIBRARIES_MAX; extra += 1) {
    const missing = /(lib[\w.+-]+?)\.so\.(\d+): cannot open shared object/.exec(answer)
    if (!missing) break
    const [, library = '', version = ''] = missing
    // The package of liblua5.3.so.0 is liblua5.3-0, that of libssl.so.3 is libssl3.
    const name = /\d$/.test(library) ? `${library}-${version}` : `${library}${version}`
    // Newer releases renamed some libraries when 32-bit time ended.
    const isUnpacked = async (wanted: string) => (await apt.unpack([wanted], into)) === undefined
    if (!(await isUnpacked(name)) && !(await isUnpacked(`${name}t64`))) break
    answer = await check()
  }
  return answer
}
