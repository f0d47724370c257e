// Owns the dialog that lets others into a session: for whom, watching or typing, how long; the link, once; what was
// shared before, and taking it back. Before: state/sharing.ts.

import type { SessionInfo, ShareInfo } from '@limpet/protocol'
import { useSignal, type Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { MadeShare } from '../state/sharing.ts'
import { useApp } from '../ui/app-context.ts'
import { Modal } from '../ui/dialog.tsx'
import { formatTime, nameOf } from '../ui/format.ts'

const HOUR_MS = 3_600_000

const TIMES = [
  { words: '1 hour', ms: HOUR_MS },
  { words: '8 hours', ms: 8 * HOUR_MS },
  { words: '1 day', ms: 24 * HOUR_MS },
  { words: '7 days', ms: 7 * 24 * HOUR_MS },
  { words: '30 days', ms: 30 * 24 * HOUR_MS },
] as const

const ROLES = [
  { role: 'viewer', words: 'May watch' },
  { role: 'operator', words: 'May watch and type' },
] as const

export function ShareLayer(): VNode | null {
  const { sharing } = useApp()
  const session = sharing.session.value
  return session === undefined ? null : <ShareDialog key={session.id} session={session} />
}

function ShareDialog({ session }: { readonly session: SessionInfo }): VNode {
  const { sharing } = useApp()
  const { value: made } = sharing.made
  const close = (): void => sharing.close()
  return (
    <Modal label={`Share ${nameOf(session)}`} class="share-dialog" dismiss={close}>
      <h2>Share {nameOf(session)}</h2>
      <p>Whoever opens the link sees this session only, live, from any browser that reaches it.</p>
      <ShareForm />
      <p class="trouble" role="alert">
        {sharing.trouble.value}
      </p>
      {made !== undefined && <MadeLink key={made.share.id} made={made} />}
      <Shares />
      <div class="dialog-actions">
        <button type="button" class="control outlined" onClick={close}>
          Done
        </button>
      </div>
    </Modal>
  )
}

function ShareForm(): VNode {
  const { sharing } = useApp()
  const role = useSignal<ShareInfo['role']>('viewer')
  const name = useRef<HTMLInputElement>(null)
  const time = useRef<HTMLSelectElement>(null)
  const isBusy = useSignal(false)
  const hasMade = sharing.made.value !== undefined
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (isBusy.peek()) return
    isBusy.value = true
    await sharing.make({
      role: role.peek(),
      name: name.current?.value.trim() ?? '',
      forMs: Number(time.current?.value),
    })
    isBusy.value = false
  }
  return (
    <form class="share-form" onSubmit={(event) => void submit(event)}>
      <label>
        For whom
        <input
          ref={name}
          class="field"
          placeholder="a name that others read"
          maxLength={120}
          autocomplete="off"
          data-autofocus="true"
        />
      </label>
      <label>
        For how long
        <select ref={time} class="field">
          {TIMES.map(({ words, ms }) => (
            <option key={ms} value={ms} selected={ms === 24 * HOUR_MS}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <RoleChoice role={role} />
      <button
        type="submit"
        class={`control ${hasMade ? 'outlined' : 'primary'}`}
        disabled={isBusy.value}
      >
        {hasMade ? 'Make another link' : 'Make a link'}
      </button>
    </form>
  )
}

function RoleChoice({ role }: { readonly role: Signal<ShareInfo['role']> }): VNode {
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">What they may do</legend>
      {ROLES.map(({ role: value, words }) => (
        <label key={value} class={role.value === value ? 'chosen' : ''}>
          <input
            type="radio"
            name="role"
            checked={role.value === value}
            onChange={() => {
              role.value = value
            }}
          />
          {words}
        </label>
      ))}
    </fieldset>
  )
}

/** The only time that the secret is shown. */
function MadeLink({ made }: { readonly made: MadeShare }): VNode {
  const field = useRef<HTMLInputElement>(null)
  const word = useSignal('Copy')
  useEffect(() => field.current?.select(), [])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(made.link)
      word.value = 'Copied'
    } catch {
      // Not allowed here: it is selected, and a key copies it.
      field.current?.select()
      word.value = 'Selected'
    }
  }
  return (
    <div class="share-link">
      <input
        ref={field}
        class="field machine"
        aria-label="Link"
        readOnly
        value={made.link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="control primary" onClick={() => void copy()}>
        {word.value}
      </button>
      <p>It is shown here once. Treat it as a key.</p>
    </div>
  )
}

function Shares(): VNode | null {
  const { sharing } = useApp()
  const { value: shares } = sharing.shares
  if (shares === undefined || shares.length === 0) return null
  return (
    <section class="shares">
      <h3>Links that hold</h3>
      <ul>
        {shares.map((share) => (
          <Share key={share.id} share={share} />
        ))}
      </ul>
    </section>
  )
}

function Share({ share }: { readonly share: ShareInfo }): VNode {
  const { sharing, clock } = useApp()
  const name = share.name || 'somebody'
  return (
    <li>
      <span class="one-line">
        <strong>{name}</strong> {share.role === 'viewer' ? 'may watch' : 'may type'}
      </span>
      <span class="until">until {formatTime(share.expiresAt, clock.now())}</span>
      <button
        type="button"
        class="control dangerous"
        aria-label={`Revoke the link of ${name}`}
        onClick={() => void sharing.revoke(share)}
      >
        Revoke
      </button>
    </li>
  )
}
