import { expect, it } from 'vitest'
import { mapPath } from './mapPath.ts'
import { prometheusValue } from './prometheusValue.ts'
import { complaintMessage, complaintStatus, retryAfter } from './complaint.ts'

it('maps a folder under the mapped one, and refuses any other', () => {
  expect(mapPath('/data/models/0xab', undefined)).toBe('/data/models/0xab')
  expect(mapPath('/data/models/0xab', { from: '/data', to: '/mnt/node/' })).toBe('/mnt/node/models/0xab')
  expect(mapPath('/data/', { from: '/data', to: '/mnt' })).toBe('/mnt')
  for (const outside of ['/data2/x', '/', '/data/../etc']) expect(() => mapPath(outside, { from: '/data', to: '/mnt' })).toThrow(expect.objectContaining({ code: 'UPSTREAM_PATH' }))
})

it('reads figures of Prometheus by their whole name, summed over their labels', () => {
  const text = '# HELP vllm:running x\nvllm:running{engine="0",name="a}b"} 2.0\nvllm:running{engine="1"} 3\nvllm:running_total 9\nplain 4 1700000000\n'
  expect(prometheusValue(text, 'vllm:running')).toBe(5)
  expect(prometheusValue(text, 'plain')).toBe(4)
  expect(prometheusValue(text, 'vllm:waiting')).toBeUndefined()
})

it('reads complaints in the shapes of both servers', () => {
  expect(complaintMessage({ error: { message: 'a', code: 404 } })).toBe('a')
  expect(complaintMessage({ object: 'error', message: 'b', code: 400 })).toBe('b')
  expect(complaintMessage({ success: false, error_message: 'c' })).toBe('c')
  expect(complaintMessage({ choices: [] })).toBeUndefined()
  expect([complaintStatus({ error: { message: 'a', code: 404 } }), complaintStatus({ object: 'error', code: 429 }), complaintStatus({ error: { message: 'x', code: 'bad' } })]).toEqual([404, 429, undefined])
  expect([retryAfter('3', 0), retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 1000), retryAfter('soon', 0), retryAfter(undefined, 0), retryAfter('99999999', 0)]).toEqual([3000, 4000, undefined, undefined, 3_600_000])
})
