import { expect, test } from 'vitest'
import { judgeAnswers } from './judge-answers.ts'
import type { Answer, Asked } from './judge-answers.ts'

function asked(offLink: Answer, onLink: Answer | null, routed = true, by = 'echo requests'): Asked {
  return { target: { address: 'a', ifindex: 5, onLinkSource: null, routed }, by, offLink, onLink }
}

function tcp(offLink: Answer, onLink: Answer | null): Asked {
  return asked(offLink, onLink, true, 'TCP port 22')
}

const unsent = { unsent: 'sendmsg: ENETUNREACH' }

test.each<{ name: string; answers: Asked[]; state: string; reason: RegExp }>([
  { name: 'an answer off-link', answers: [asked('own', 'own')], state: 'present', reason: /^null$/ },
  { name: 'an answer only off-link', answers: [asked('own', 'none')], state: 'present', reason: /^null$/ },
  {
    name: 'one of two addresses answers off-link',
    answers: [asked('none', 'own'), asked('own', 'own')],
    state: 'present',
    reason: /^null$/,
  },
  {
    name: 'an answer only on-link',
    answers: [asked('none', 'own')],
    state: 'absent',
    reason: /^the VM answers on-link \(echo requests\), and not off-link$/,
  },
  {
    name: 'an answer only on-link and a stale address',
    answers: [asked('none', 'none'), asked('none', 'own')],
    state: 'absent',
    reason: /on-link/,
  },
  {
    name: 'an answer only on-link, if another router may exist',
    answers: [asked('none', 'own', false)],
    state: 'unknown',
    reason: /does not route/,
  },
  { name: 'no answer', answers: [asked('none', 'none')], state: 'unknown', reason: /neither off-link nor on-link/ },
  {
    name: 'silence at one address, an answer at another',
    answers: [asked('none', 'none'), asked(unsent, 'own')],
    state: 'unknown',
    reason: /ENETUNREACH/,
  },
  {
    name: 'no answer to echo requests, one to TCP',
    answers: [asked('none', 'none'), tcp('own', 'own')],
    state: 'present',
    reason: /^null$/,
  },
  {
    name: 'echo answers only on-link, a TCP answer off-link',
    answers: [asked('none', 'own'), tcp('own', 'own')],
    state: 'present',
    reason: /^null$/,
  },
  {
    name: 'an answer only on-link, by TCP',
    answers: [asked('none', 'none'), tcp('none', 'own')],
    state: 'absent',
    reason: /on-link \(TCP port 22\)/,
  },
  {
    name: 'answers only on-link, by echo and TCP',
    answers: [asked('none', 'own'), tcp('none', 'own')],
    state: 'absent',
    reason: /\(echo requests, TCP port 22\)/,
  },
  {
    name: 'no answer in either way',
    answers: [asked('none', 'none'), tcp('none', 'none')],
    state: 'unknown',
    reason: /drops echo requests, TCP port 22$/,
  },
  {
    name: 'silence on a socket that lost packets',
    answers: [asked('lost', 'own')],
    state: 'unknown',
    reason: /were lost/,
  },
  {
    name: 'an answer on a socket that lost packets',
    answers: [asked('lost', 'own'), tcp('own', 'own')],
    state: 'present',
    reason: /^null$/,
  },
  { name: 'an answer from elsewhere', answers: [asked('elsewhere', 'own')], state: 'unknown', reason: /not the VM's/ },
  {
    name: 'an on-link answer from elsewhere',
    answers: [asked('none', 'elsewhere')],
    state: 'unknown',
    reason: /neither/,
  },
  {
    name: 'off-link not sent',
    answers: [asked(unsent, 'own')],
    state: 'unknown',
    reason: /could not be asked: sendmsg: ENETUNREACH/,
  },
  {
    name: 'no address to ask on-link from',
    answers: [asked('none', null)],
    state: 'unknown',
    reason: /no link-local address/,
  },
])('$name: $state', ({ answers, state, reason }) => {
  const verdict = judgeAnswers(answers)
  expect(verdict.state).toBe(state)
  expect(String(verdict.reason)).toMatch(reason)
})
