// Owns taking a recording along: as asciicast for other players, or as text. The files are made here, in the browser.

import { asciicast, plainText } from '@limpet/client'
import type { SessionInfo } from '@limpet/protocol'
import { nameOf } from '../ui/format.ts'
import type { Recording } from './recording.ts'

export const EXPORTS = [
  { format: 'cast-3', label: 'asciicast v3', extension: 'cast' },
  { format: 'cast-2', label: 'asciicast v2', extension: 'cast' },
  { format: 'text', label: 'Plain text', extension: 'txt' },
] as const

export type Export = (typeof EXPORTS)[number]

/** Downloads it under the session's name. */
export async function exportRecording(
  session: SessionInfo,
  recording: Recording,
  { format, extension }: Export,
): Promise<void> {
  const pieces: string[] = []
  for await (const piece of piecesOf(session, recording, format)) pieces.push(piece)
  const type = extension === 'txt' ? 'text/plain' : 'application/x-asciicast'
  download(new Blob(pieces, { type }), `${fileNameOf(session)}.${extension}`)
}

function piecesOf(
  session: SessionInfo,
  { records, size, isTty }: Recording,
  format: Export['format'],
): AsyncIterable<string> {
  if (format === 'text') return plainText(records)
  const version = format === 'cast-3' ? 3 : 2
  return asciicast(records, {
    version,
    size,
    title: nameOf(session),
    startedAt: session.startedAt,
    isTerminal: isTty,
  })
}

/** Letters, digits, dots and dashes: what every file system takes. */
function fileNameOf(session: SessionInfo): string {
  return (
    nameOf(session)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60)
      .replace(/^[-.]+|-+$/g, '') || 'session'
  )
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
