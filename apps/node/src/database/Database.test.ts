import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from './Database.ts'
import { describeDatabases } from '../test/describeDatabases.ts'

describeDatabases('Database', (open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 60_000)
  afterAll(() => database.close())
  beforeEach(() => database.reset())
  const keep = (name: string, value: string): Promise<unknown> => database.query(`insert into cursors values ($1,$2)`, [name, value])
  const names = async (): Promise<string[]> => (await database.query<{ name: string }>(`select name from cursors where name <> 'schema' order by name`)).map((row) => row.name)

  it('gives values in the same shapes', async () => {
    const [row] = await database.query(
      `select 7::int as int, 9007199254740991::bigint as safe, 9007199254740993::bigint as unsafe, 340282366920938463463374607431768211456::numeric as money, true as bool, null as nothing,
       '{"a":[1,"x"]}'::jsonb as json, '{"a":1}'::jsonb->>'a' as member, count(*) as count, 0.5::float8 as half, array['a','b'] as list from (values (1),(2)) v`,
    )
    expect(row).toEqual({ int: 7, safe: 9007199254740991, unsafe: 9007199254740993n, money: '340282366920938463463374607431768211456', bool: true, nothing: null, json: { a: [1, 'x'] }, member: '1', count: 2, half: 0.5, list: ['a', 'b'] })
  })

  it('takes values in the same shapes', async () => {
    const params = [7, '340282366920938463463374607431768211456', true, null, '{"b":["ü","\\u0000 is not text"]}'.replace('\\u0000 ', ''), "Robert'); drop table cursors;--", 1_700_000_000_000]
    const [row] = await database.query(`select $1::int as a, $2::numeric::text as b, $3::boolean as c, $4::text as d, $5::jsonb as e, $6::text as f, $7::bigint as g`, params)
    expect(row).toEqual({ a: 7, b: params[1], c: true, d: null, e: { b: ['ü', 'is not text'] }, f: params[5], g: 1_700_000_000_000 })
  })

  it('sorts text by its bytes where hashes are compared', async () => {
    const rows = await database.query<{ x: string }>(`select x from (values ('0x0a'),('0x10'),('0xf0'),('0xa1')) v(x) order by x`)
    expect(rows.map(({ x }) => x)).toEqual(['0x0a', '0x10', '0xa1', '0xf0'])
  })

  it('keeps all of a transaction or nothing', async () => {
    const failing = database.transaction(async (query) => {
      await query(`insert into cursors values ('a','1')`)
      throw new Error('after all not')
    })
    await expect(failing).rejects.toThrow('after all not')
    expect(await names()).toEqual([])
    expect(await database.transaction(async (query) => ((await query(`insert into cursors values ('a','1')`)), 'result'))).toBe('result')
    expect(await names()).toEqual(['a'])
  })

  it('undoes a transaction whose statement the database refuses, and goes on', async () => {
    await keep('taken', '1')
    const refused = database.transaction(async (query) => {
      await query(`insert into cursors values ('b','1')`)
      await query(`insert into cursors values ('taken','2')`)
    })
    await expect(refused).rejects.toMatchObject({ code: '23505' })
    await expect(database.query('select from nowhere')).rejects.toMatchObject({ code: '42P01' })
    expect(await names()).toEqual(['taken'])
  })

  it('writes all of several statements or nothing, whatever is in their values', async () => {
    const keeping = (name: string, value: string) => ({ sql: `insert into cursors values ($1,$2)`, params: [name, value] })
    await database.write([keeping('a', '$2'), keeping("b'; drop table cursors", '{"x":"$1"}'), { sql: `insert into cursors select n, 'of ' || $2 from jsonb_array_elements_text($1::jsonb) n`, params: ['["c","d"]', 'a list'] }])
    expect(await database.query(`select * from cursors where name <> 'schema' order by name`)).toEqual([
      { name: 'a', value: '$2' },
      { name: "b'; drop table cursors", value: '{"x":"$1"}' },
      { name: 'c', value: 'of a list' },
      { name: 'd', value: 'of a list' },
    ])
    await expect(database.write([keeping('e', '1'), keeping('a', '2')])).rejects.toMatchObject({ code: '23505' })
    expect(await names()).toEqual(['a', "b'; drop table cursors", 'c', 'd'])
  })

  it('lets transactions wait for each other', async () => {
    await keep('n', '0')
    const add = (): Promise<void> =>
      database.transaction(async (query) => {
        const [row] = await query<{ value: string }>(`select value from cursors where name = 'n'`)
        await query(`update cursors set value = $1 where name = 'n'`, [String(Number(row!.value) + 1)])
      })
    await Promise.all(Array.from({ length: 20 }, add))
    expect(await database.query(`select value from cursors where name = 'n'`)).toEqual([{ value: '20' }])
  })

  it('a failing transaction does not fail those that wait', async () => {
    const results = await Promise.allSettled([database.transaction(() => Promise.reject(new Error('no'))), database.transaction(async (query) => void (await query(`insert into cursors values ('c','1')`)))])
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled'])
    expect(await names()).toEqual(['c'])
  })

  it('makes every table anew', async () => {
    await keep('a', '1')
    await database.reset()
    expect(await names()).toEqual([])
    const [row] = await database.query<{ n: number }>(`select count(*) as n from information_schema.tables where table_schema = 'ledger'`)
    expect(row!.n).toBeGreaterThan(20)
  })
})
