import type { LabResults } from '../run-lab.ts'
export async function pageOf(results: LabResults): Promise<string> {
  return JSON.stringify(results, null, 1)
}
