// The public face of the link room.

export { claimState, renewClaim } from './host-claim.ts'
export { LinkServer } from './link-server.ts'
export { Requests } from './requests.ts'
