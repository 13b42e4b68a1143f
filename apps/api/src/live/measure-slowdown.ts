/**
 * Measures how many times longer this process takes for its work than the work needs, since the call before: 1 on a core of its own, 4 where
 * it gets a quarter of a core, because others use it or a container limits it.
 */
export function createSlowdownMeter(): () => number {
  let cpuBefore = process.cpuUsage()
  let loopBefore = performance.eventLoopUtilization()
  return () => {
    const cpu = process.cpuUsage(cpuBefore)
    const { active: busyMs } = performance.eventLoopUtilization(loopBefore)
    const cpuMs = (cpu.user + cpu.system) / 1_000
    if (cpuMs < measurableMs) return 1
    cpuBefore = process.cpuUsage()
    loopBefore = performance.eventLoopUtilization()
    return Math.min(Math.max(busyMs / cpuMs, 1), slowdownMax)
  }
}

/** The clocks of CPU tick too coarsely for less. A process that used less has nothing that could be slowed. */
const measurableMs = 5
/** However little the process gets, pages are told after a while. */
const slowdownMax = 16
