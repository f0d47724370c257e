// Owns the box that phones paste from: their browsers give text to a field only.

import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { Modal } from '../ui/dialog.tsx'

export interface PasteBoxProps {
  readonly paste: (text: string) => Promise<void>
  readonly close: () => void
}

export function PasteBox({ paste, close }: PasteBoxProps): VNode {
  const field = useRef<HTMLTextAreaElement>(null)
  return (
    <Modal label="Paste" dismiss={close}>
      <h2>Paste into the terminal</h2>
      <textarea
        ref={field}
        class="field machine"
        rows={5}
        aria-label="Text to paste"
        data-autofocus="true"
        spellcheck={false}
        autocapitalize="off"
      />
      <div class="dialog-actions">
        <button type="button" class="control" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class="control primary"
          onClick={() => {
            const text = field.current?.value ?? ''
            close()
            void paste(text)
          }}
        >
          Paste
        </button>
      </div>
    </Modal>
  )
}
