import { readFileSync } from 'node:fs'

/** Why the certificates or the key in a file cannot be used, continuing "it ...". Undefined: they can. */
export function fileFault(file: string): string | undefined {
  try {
    return /-----BEGIN /.test(readFileSync(file, 'utf8')) ? undefined : 'holds no certificate in PEM format'
  } catch (error) {
    return `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'not a file'})`
  }
}
