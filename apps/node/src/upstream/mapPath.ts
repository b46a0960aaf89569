import path from 'node:path'
import { fail } from '@openledger/protocol'

/** Where a server finds a folder of this node. @throws InputError UPSTREAM_PATH for a folder outside of the mapped one */
export function mapPath(folder: string, map: { from: string; to: string } | undefined): string {
  const absolute = path.resolve(folder)
  if (!map) return absolute
  const relative = path.relative(path.resolve(map.from), absolute)
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) {
    fail('UPSTREAM_PATH', `${absolute} is not under ${map.from}, so the upstream server cannot find it`, { field: 'upstream.pathMap', fix: 'map the data folder of this node', action: 'stop' })
  }
  // The server may run on another system than this node.
  return [map.to.replace(/[/\\]+$/, ''), ...relative.split(path.sep).filter((part) => part !== '')].join('/')
}
