import { fileURLToPath } from 'node:url'
import { areAppsCompiled, nodeArgs, runCompiledApps, workspace } from '@flash-sale/local-stack/apps/run-module'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { onceInRun } from './once-in-run.ts'
import { provided } from './provided.ts'

/** Compiling everything for the first time takes some seconds on an idle machine. */
const compileWithinMs = 180_000

/**
 * Has this test file start the API and the worker compiled, as they are deployed: that takes half the CPU that starting their sources takes.
 * While vitest watches they run from their sources, which change. Throws if they do not compile.
 */
export async function useCompiledApps(): Promise<void> {
  if (provided('isWatching')) return
  await compileApps()
  runCompiledApps()
}

/** Node's arguments to run a module of an app or a package, named by its source from the workspace on, as this test file starts apps. */
export async function compiledArgs(source: string): Promise<string[]> {
  await useCompiledApps()
  const file = areAppsCompiled() ? source.replace('/src/', '/dist/').replace(/\.ts$/, '.js') : source
  return nodeArgs(new URL(file, workspace))
}

/** Compiles the API and the worker, once in a run. Throws if they do not compile. */
export async function compileApps(): Promise<void> {
  const { ok, complaint } = await onceInRun('compiled-apps', compile, { waitMs: compileWithinMs })
  if (!ok) throw new Error(`the API and the worker do not compile: ${complaint}`)
}

async function compile() {
  const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', workspace))
  const cwd = fileURLToPath(workspace)
  const { ok, stdout, complaint } = await runCommand(tsc, ['-b', 'apps/api', 'apps/worker'], {
    cwd,
    timeoutMs: compileWithinMs,
  })
  return { ok, complaint: stdout.trim() || complaint }
}
