import { runCommand } from '../tools/local-stack/src/machine/run-command.ts'

const answerMs = 20_000

/** One line: which part of Docker is missing, and how to get it. Undefined if nothing is missing. */
export async function findMissingDocker(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const docker = (...args: string[]) => runCommand('docker', args, { env, timeoutMs: answerMs })
  if (!(await docker('--version')).ok)
    return 'There is no docker on PATH: install Docker Engine with its Compose plugin (docs.docker.com/engine/install), or Docker Desktop'
  const compose = await docker('compose', 'version', '--short')
  if (!compose.ok || !/^v?[2-9]/.test(compose.stdout))
    return 'Docker has no Compose 2: install its plugin, for example `apt-get install docker-compose-plugin`, or `brew install docker-compose`'
  const engine = await docker('version', '--format', '{{.Server.Version}}')
  if (!engine.ok)
    return `No Docker engine answers (${engine.complaint}): start it, for example with \`systemctl start docker\`, or Docker Desktop`
  return undefined
}
