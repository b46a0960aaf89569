import { openMemoryDatabase } from './network/openMemoryDatabase.ts'
import { simulateNetwork } from './network/simulateNetwork.ts'
const database = await openMemoryDatabase()
for (const a of process.argv.slice(2)) {
  const [from, to] = a.split('-').map(Number) as [number, number]
  for (let seed = from; seed <= (to ?? from); seed++) {
    const c = process.cpuUsage(); const t = Date.now()
    const { wrong, counts, digest } = await simulateNetwork(seed, database)
    const u = process.cpuUsage(c)
    console.log(seed, digest.slice(0, 16), wrong.length, JSON.stringify(Object.values(counts)), wrong.join(' | ').slice(0, 300))
    console.error(seed, ((u.user + u.system) / 1e6).toFixed(2), 's cpu', ((Date.now() - t) / 1000).toFixed(1), 's')
  }
}
await database.close()
