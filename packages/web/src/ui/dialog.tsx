// Owns how a question is asked: the browser's own modal dialog, which keeps the focus and answers Escape.

import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { OpenDialog, OpenTextDialog } from '../state/floating.ts'
import { useApp } from './app-context.ts'

export function DialogLayer(): VNode | null {
  const { floating } = useApp()
  const request = floating.dialog.value
  const text = floating.textDialog.value
  if (text !== undefined) return <TextQuestion key={text.title} request={text} />
  return request === undefined ? null : (
    <Question key={request.title + request.body} request={request} />
  )
}

function TextQuestion({ request }: { readonly request: OpenTextDialog }): VNode {
  const { title, body, value, agree, answer } = request
  const field = useRef<HTMLInputElement>(null)
  return (
    <Modal label={title} dismiss={() => answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          answer(field.current?.value ?? '')
        }}
      >
        <h2>{title}</h2>
        <p id="text-question">{body}</p>
        <input
          ref={field}
          class="field machine text-answer"
          aria-label={title}
          aria-describedby="text-question"
          data-autofocus="true"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          defaultValue={value}
        />
        <div class="dialog-actions">
          <button type="button" class="control" onClick={() => answer(undefined)}>
            Cancel
          </button>
          <button type="submit" class="control primary">
            {agree}
          </button>
        </div>
      </form>
    </Modal>
  )
}

function Question({ request }: { readonly request: OpenDialog }): VNode {
  const { title, body, detail, choices, answer } = request
  return (
    <Modal label={title} dismiss={() => answer(undefined)}>
      <h2>{title}</h2>
      <p>{body}</p>
      {detail !== undefined && <pre tabIndex={0}>{detail}</pre>}
      <div class="dialog-actions">
        <button type="button" class="control" onClick={() => answer(undefined)}>
          Cancel
        </button>
        {choices.map(({ label, value, tone }, index) => (
          <button
            key={value}
            type="button"
            class={`control ${tone ?? 'outlined'}`}
            data-autofocus={index === choices.length - 1}
            onClick={() => answer(value)}
          >
            {label}
          </button>
        ))}
      </div>
    </Modal>
  )
}

/** @param props.dismiss is called for Escape and for a press outside */
export function Modal(props: {
  readonly label: string
  readonly class?: string
  readonly dismiss: () => void
  readonly children: preact.ComponentChildren
}): VNode {
  const element = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = element.current
    const before = document.activeElement
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus="true"]')?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={`floating ${props.class ?? ''}`}
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault()
        props.dismiss()
      }}
      onPointerDown={(event) => {
        // The backdrop belongs to the dialog's element, but lies outside its box.
        const isSelf = event.target === element.current
        if (isSelf && isOutside(event, event.currentTarget)) props.dismiss()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {props.children}
    </dialog>
  )
}

function isOutside(event: PointerEvent, element: Element): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  const { clientX, clientY } = event
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}
