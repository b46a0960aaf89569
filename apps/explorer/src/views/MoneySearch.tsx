import { useState } from 'preact/hooks'

/** Asks whose money is meant, and goes there. */
export function MoneySearch() {
  const [text, setText] = useState('')
  const address = text.trim()
  const good = /^0x[0-9a-fA-F]{40}$/.test(address)
  return (
    <section class="card">
      <h3>Where is my money?</h3>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (good) location.hash = `#/money/${address}`
        }}
      >
        <label>
          An account's address <input value={text} size={44} placeholder="0x…" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={!good}>
          Show
        </button>
      </form>
      <p class="quiet">Every coin that it deposited, spent, earned, has locked, can take out and took out.</p>
    </section>
  )
}
