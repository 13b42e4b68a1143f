import { readFileSync } from 'node:fs'

/** Why a file with certificates or a key is wrong, as the end of "it ..."; undefined if it is right. */
export function fileFault(file: string): string | undefined {
  try {
    return /-----BEGIN /.test(readFileSync(file, 'utf8')) ? undefined : 'holds no certificate in PEM format'
  } catch (error) {
    return `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'not a file'})`
  }
}
