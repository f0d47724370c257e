import { expect, test } from 'vitest'

import { RIGHTS, RIGHTS_OF_ROLE, ROLES } from '../src/rights.ts'

test('the owner may do everything, an operator all but administer, a viewer only watch', () => {
  expect(RIGHTS_OF_ROLE).toEqual({
    owner: [...RIGHTS],
    operator: ['view', 'type', 'open'],
    viewer: ['view'],
  })
  expect(Object.keys(RIGHTS_OF_ROLE)).toEqual([...ROLES])
})
