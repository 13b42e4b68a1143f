import { chown, mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { postgresUser } from '@flash-sale/local-stack/postgres/postgres-binaries'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { temporaryFolder } from '@flash-sale/local-stack/machine/temporary-folder'

export interface Certificate {
  readonly folder: string
  /** Files in PEM format: of the CA, and of a server on 127.0.0.1 that it signed. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** A CA of the test's own and a certificate by it, which Postgres may read too. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(path.join(await temporaryFolder(), 'tls-'))
  const [ca, caKey, certificate, key] = ['ca.pem', 'ca.key', 'server.pem', 'server.key'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string]
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  await openssl([...made, '-subj', '/CN=Test CA', '-keyout', caKey, '-out', ca])
  const signed = ['-CA', ca, '-CAkey', caKey, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const asServer = ['-addext', 'basicConstraints=critical,CA:FALSE', '-subj', '/CN=localhost']
  await openssl([...made, ...signed, ...asServer, '-keyout', key, '-out', certificate])
  const { uid, gid } = await postgresUser()
  if (uid !== undefined && gid !== undefined) {
    for (const file of [folder, certificate, key, ca]) await chown(file, uid, gid)
  }
  return { folder, ca, certificate, key }
}

async function openssl(args: readonly string[]): Promise<void> {
  const { ok, complaint } = await runCommand('openssl', args, { timeoutMs: 20_000 })
  if (!ok) throw new Error(`openssl made no certificate: ${complaint}`)
}
