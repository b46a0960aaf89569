import { expect, it } from 'vitest'
import { JumpingClock } from '../test/JumpingClock.ts'
import { Alarms } from './Alarms.ts'

/** Sets an alarm that is due once. @returns when it rang */
function once(clock: JumpingClock, alarms: Alarms, dueAt: () => number): number[] {
  const rang: number[] = []
  const end = alarms.set({
    dueAt,
    ring: () => {
      rang.push(clock.now())
      end()
    },
  })
  return rang
}

it('rings each alarm when it is due, also one that is set later and due sooner', async () => {
  const clock = new JumpingClock()
  const alarms = new Alarms(clock)
  const late = once(clock, alarms, () => 5500)
  const soon = once(clock, alarms, () => 300)
  const sooner = once(clock, alarms, () => 20)
  await clock.until(() => late.length > 0)
  expect([sooner, soon, late]).toEqual([[20], [300], [5500]])
})

it('rings no alarm that was put off or taken away, and wakes for none that is not there', async () => {
  const clock = new JumpingClock()
  const alarms = new Alarms(clock)
  let due = 100
  const moved = once(clock, alarms, () => due)
  let [asked, rang] = [0, 0]
  const end = alarms.set({ dueAt: () => (asked++, 200), ring: () => (rang += 1) })
  end()
  due = 250
  await clock.until(() => moved.length > 0)
  expect([moved, asked, rang]).toEqual([[250], 1, 0])
  const later = once(clock, alarms, () => 4000)
  await clock.until(() => later.length > 0)
  expect(later).toEqual([4000])
})

it('rings again what is due again, and what rings may take others away', async () => {
  const clock = new JumpingClock()
  const alarms = new Alarms(clock)
  const rang: number[] = []
  const other = alarms.set({ dueAt: () => 40, ring: () => rang.push(-1) })
  alarms.set({
    dueAt: () => 10 * (rang.length + 1),
    ring: () => {
      rang.push(clock.now())
      other()
    },
  })
  await clock.until(() => rang.length === 5)
  expect(rang).toEqual([10, 20, 30, 40, 50])
})
