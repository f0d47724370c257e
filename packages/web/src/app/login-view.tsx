// Owns the page of those who are not logged in: one field, and where to find what belongs into it.

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { tokenIn } from '../state/login.ts'
import { useApp } from '../ui/app-context.ts'
import { Logo } from '../ui/icon.tsx'

export function LoginView(): VNode {
  const { connection } = useApp()
  const field = useRef<HTMLInputElement>(null)
  const isBusy = useSignal(false)
  useEffect(() => field.current?.focus(), [])
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const token = tokenIn(field.current?.value ?? '')
    if (token === '' || isBusy.peek()) return
    isBusy.value = true
    await connection.logIn(token)
    isBusy.value = false
    field.current?.select()
  }
  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>Log in to Limpet</h1>
        <p>
          Open the link that <code>limpet serve</code> printed, or paste it here. The token alone
          will do; it lies in <code>~/.local/state/limpet/token</code> on the machine.
        </p>
        <label>
          Link or token
          <input
            ref={field}
            class="field"
            type="password"
            name="token"
            autocomplete="current-password"
            spellcheck={false}
            required
            aria-describedby="login-trouble"
          />
        </label>
        <p id="login-trouble" class="trouble" role="alert">
          {connection.refusal.value}
        </p>
        <button type="submit" class="control primary" disabled={isBusy.value}>
          Log in
        </button>
      </form>
    </main>
  )
}
