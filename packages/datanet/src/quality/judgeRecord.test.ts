import { describe, expect, it } from 'vitest'
import { findSecrets } from './findSecrets.ts'
import { judgeRecord } from './judgeRecord.ts'
import { distinctTriples, longestRun, mojibakeSigns, wordCharacterPermille } from './textMeasures.ts'

const prose = 'The keeper of the tower lights the lamp at dusk, and ships that come home from the cape steer by it through the night.'
const judge = (completion: string, prompt = 'What does the keeper do?') => {
  const { status, reasons } = judgeRecord({ prompt, completion })
  return [status, ...reasons.map((r) => r.code)]
}

describe('judgeRecord accepts', () => {
  it.each([
    ['prose', prose],
    ['one word', 'Grain.'],
    ['a number', '4'],
    ['a large amount', 'One OPEN is 1000000000000000000 of the smallest unit, or 1,000,000,000,000,000,000.'],
    ['a hash', 'The root is 0x9c22ff5f21f0b81b113e63f7db6da94fedef11b2119b4088b89664fb9a3cb658 in this example.'],
    ['a content id', 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e names the text.'],
    ['program text', 'for (let i = 0; i < list.length; i++) { total += list[i].weight * (rates[i] ?? 1) }'],
    ['a decimal fraction', 'Pi is about 3.14159265358979323846.'],
    ['a date and time', 'It was sealed on 2024-06-07 12:30:45.'],
    ['counting', 'One counts 1 2 3 4 5 6 7 8 9 10 11 and so on.'],
    ['Chinese', '守塔人在黄昏时点亮灯塔，让夜里归航的船只能够找到港口。'],
    ['Japanese', '灯台守は夕暮れに明かりをともし、夜の船を港へ導きます。'],
    ['Arabic', 'يضيء الحارس المصباح عند الغسق لكي تجد السفن طريقها إلى الميناء.'],
    ['Hindi', 'रखवाला शाम को दीपक जलाता है ताकि जहाज़ रात में बंदरगाह पा सकें।'],
    ['Persian with joiners', 'می‌خواهم کتاب‌ها را ببینم.'],
    ['French with accents and quotes', 'Où est « l’île » ? À côté de la forêt, près du château d’Orléans. ÉTÉ À NOËL.'],
    ['Portuguese capitals', 'NÃO HÁ AÇÃO SEM REAÇÃO, E A MANHÃ É CLARA.'],
    ['Vietnamese', 'Người giữ đèn thắp sáng ngọn đèn lúc hoàng hôn.'],
    ['an emoji family', 'The family 👨‍👩‍👧 is here.'],
    ['a list', '- one barge\n- two sails\n- three ropes'],
    ['a word about keys', 'Keep your private key secret, and never give your password to anybody.'],
  ])('%s', (_, text) => {
    expect(judge(text)).toEqual(['accepted'])
  })
})

describe('judgeRecord sends to review or rejects', () => {
  it.each([
    ['rejected', 'EMPTY_TEXT', ' \n '],
    ['rejected', 'CONTROL_CHARACTER', 'a\u0000b'],
    ['rejected', 'TEXT_TOO_LONG', 'a '.repeat(40_000)],
    ['rejected', 'NO_WORDS', '?!… —'],
    ['rejected', 'SAME_TEXT', 'what does  the KEEPER do'],
    ['rejected', 'MOSTLY_SYMBOLS', '=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-= a =-=-=-=-='],
    ['review', 'MANY_SYMBOLS', '|--|==|++|##| table |--|==|++|##|'],
    ['rejected', 'MOSTLY_REPETITION', 'buy grain now '.repeat(20)],
    ['review', 'MUCH_REPETITION', `${'row the boat to the far shore and back again '.repeat(3)}`],
    ['review', 'CHARACTER_RUN', `No${'o'.repeat(30)}!`],
    ['review', 'MOJIBAKE', 'The keeperâ€™s lamp'],
    ['review', 'MOJIBAKE', 'OÃ¹ est la forÃªt ?'],
    ['review', 'MOJIBAKE', 'Ð¼Ð°ÑÐº Ð½Ð¾Ñ‡ÑŒÑŽ'],
    ['review', 'MOJIBAKE', 'a lost \ufffd character'],
    ['review', 'INVISIBLE_CHARACTER', 'pay\u202eelcaro'],
    ['review', 'INVISIBLE_CHARACTER', 'zero\u200bwidth'],
    ['review', 'PRIVATE_USE_CHARACTER', 'logo \ue000 here'],
    ['review', 'EMAIL_ADDRESS', 'Write to ann.lee@example.org for grain.'],
    ['review', 'LONG_NUMBER', 'Call +49 (30) 123-4567-89 at noon.'],
    ['review', 'LONG_NUMBER', 'Account 0123456789012 is closed.'],
    ['review', 'LONG_NUMBER', 'Call 555.123.4567 today.'],
    ['review', 'PAYMENT_CARD', 'Card 4111 1111 1111 1111 was used.'],
    ['review', 'POSSIBLE_KEY', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['review', 'POSSIBLE_KEY', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['review', 'POSSIBLE_KEY', `token ghp_${'a1B2'.repeat(9)}`],
    ['review', 'POSSIBLE_KEY', `sk-proj-${'a1B2'.repeat(8)}`],
    ['review', 'POSSIBLE_KEY', `my private key is 0x${'ab'.repeat(32)}`],
    ['review', 'POSSIBLE_KEY', 'password: hunter2hunter2'],
  ])('%s with %s', (status, code, text) => {
    expect(judge(text)).toEqual([status, code])
  })

  it('looks at the prompt too, and gives every reason', () => {
    const { status, reasons } = judgeRecord({ prompt: 'Who is ann@example.org?', completion: `${'la la lo '.repeat(20)} bo@example.org` })
    expect(status).toBe('rejected')
    expect(reasons.map((r) => [r.field, r.code, r.severity])).toEqual([
      ['prompt', 'EMAIL_ADDRESS', 'review'],
      ['completion', 'MOSTLY_REPETITION', 'reject'],
      ['completion', 'EMAIL_ADDRESS', 'review'],
    ])
  })

  it('never repeats the secret in its message', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    expect(JSON.stringify(judgeRecord({ prompt: 'a', completion: secret }))).not.toContain('a1B2')
  })
})

describe('measures', () => {
  it('count as said', () => {
    expect(wordCharacterPermille('ab -- cd')).toBe(666)
    expect(wordCharacterPermille('  ')).toBe(1000)
    expect(distinctTriples('a b c a b c')).toEqual({ words: 6, permille: 750 })
    expect(longestRun('aab   bbb')).toBe(3)
    expect(mojibakeSigns('Ã© â€™')).toEqual({ pairs: 1, certain: 1 })
    expect(findSecrets('0000 0000 0000 0000')).toEqual([])
    expect(findSecrets('4111 1111 1111 1112')).toMatchObject([{ code: 'LONG_NUMBER' }])
  })

  it('stay quick on long hostile texts', () => {
    for (const unit of ['1-', 'a@', '1 ', 'secret ', 'eyJ', 'password ', '(1', '.a@a']) {
      const before = process.cpuUsage()
      judgeRecord({ prompt: 'a', completion: unit.repeat(Math.floor(65_000 / unit.length)) })
      expect(process.cpuUsage(before).user / 1000, unit).toBeLessThan(2_000)
    }
  })
})
