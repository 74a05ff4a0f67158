// SPDX-License-Identifier: MIT
// Starts the components and guards what people type. Every page works without this file.
// Nothing a person types is ever put in browser storage: these are shared phones and desks.
import { initAll } from 'asset("govuk-frontend.js")'

// A radio may not be "expanded" (ARIA 1.2), though Frontend says so of those that reveal a field; the
// field is the next thing in the page, and is announced as one comes to it.
for (const radio of document.querySelectorAll('input[type="radio"][data-aria-controls]')) {
  new MutationObserver(() => {
    if (radio.hasAttribute('aria-expanded')) radio.removeAttribute('aria-expanded')
  }).observe(radio, { attributeFilter: ['aria-expanded'] })
}

initAll()

const mojModules = {
  'moj-alert': 'Alert',
  'moj-sortable-table': 'SortableTable',
  'moj-button-menu': 'ButtonMenu'
}

async function startMoj () {
  const found = Object.keys(mojModules)
    .map((name) => [name, document.querySelectorAll(`[data-module="${name}"]`)])
    .filter(([, elements]) => elements.length)
  if (!found.length) return
  const moj = await import('asset("moj-frontend.js")')
  for (const [name, elements] of found) {
    for (const element of elements) new moj[mojModules[name]](element)
  }
}
startMoj()

// A second press of any submit button while the first is on its way sends nothing more. The server
// also knows a repeated form by its hidden reference, so this only spares a wait.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  if (!form.matches('[action="/sign-out"]')) leaving = true
  setTimeout(() => { delete form.dataset.sent; leaving = false }, 8000)
})

// Coming back with the back button must not leave the form shut.
window.addEventListener('pageshow', () => {
  leaving = false
  for (const form of document.forms) delete form.dataset.sent
})

// Ask before a half-filled form is left.
let leaving = false
let typed = false
document.addEventListener('input', (event) => {
  if (event.target.form && event.target.form.method === 'post') typed = true
})
window.addEventListener('beforeunload', (event) => {
  if (typed && !leaving) event.preventDefault()
})

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// The session ends on the server after some minutes without use. Two minutes before, say so.
class Timeout {
  constructor (dialog) {
    this.dialog = dialog
    this.idle = Number(dialog.dataset.idleMinutes) * 60000
    this.warn = Math.min(2 * 60000, this.idle / 2)
    this.left = dialog.querySelector('[data-left]')
    this.channel = 'BroadcastChannel' in window ? new BroadcastChannel('session') : null
    if (this.channel) this.channel.onmessage = () => this.used(false)
    dialog.querySelector('[data-stay]').addEventListener('click', () => this.stay())
    dialog.querySelector('[data-again]').addEventListener('click', () => this.stay())
    dialog.addEventListener('cancel', (event) => { event.preventDefault(); this.stay() })
    dialog.addEventListener('close', () => { if (this.over) dialog.showModal() })
    document.addEventListener('visibilitychange', () => this.check())
    this.used(true)
    setInterval(() => this.check(), 1000)
  }

  used (tell) {
    this.since = Date.now()
    this.over = false
    if (this.dialog.open) this.dialog.close()
    if (tell && this.channel) this.channel.postMessage('used')
  }

  check () {
    const left = this.idle - (Date.now() - this.since)
    if (left > this.warn || this.over) return
    if (left <= 0) this.end()
    else this.show(left)
  }

  show (left) {
    this.say('warning')
    const minutes = Math.ceil(left / 60000)
    const words = minutes === 1 ? '1 minute' : `${minutes} minutes`
    // Only a change is written, since each one is read out.
    if (this.left.textContent !== words) this.left.textContent = words
    if (!this.dialog.open) this.dialog.showModal()
  }

  // The page stays behind an opaque cover when something was typed, so that it can still be sent.
  end () {
    this.over = true
    if (!typed) {
      leaving = true
      window.location.assign('/sign-in')
      return
    }
    this.say('over')
    this.dialog.classList.add('app-dialog--over')
    if (!this.dialog.open) this.dialog.showModal()
  }

  say (part) {
    for (const element of this.dialog.querySelectorAll('[data-part]')) {
      element.hidden = element.dataset.part !== part
    }
  }

  // Asks for a small page, which counts as use, and takes its form token in case the session is new.
  async stay () {
    try {
      const answer = await fetch('/account', { credentials: 'same-origin', cache: 'no-store' })
      if (answer.redirected || !answer.ok) {
        this.end()
        return
      }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const token = page.querySelector('input[name="csrf"]')
      if (token) {
        for (const input of document.querySelectorAll('input[name="csrf"]')) input.value = token.value
      }
      this.dialog.classList.remove('app-dialog--over')
      this.used(true)
    } catch {
      this.left.textContent = 'a moment (no connection)'
    }
  }
}

const dialog = document.querySelector('[data-idle-minutes]')
if (dialog && 'showModal' in dialog) new Timeout(dialog)

// What is being made elsewhere is asked for again every few seconds, for some minutes at most.
async function checkAgain (element, times) {
  await new Promise((resolve) => setTimeout(resolve, Number(element.dataset.checkAgain) * 1000))
  try {
    const answer = await fetch(window.location.href, { credentials: 'same-origin', cache: 'no-store' })
    if (answer.redirected || !answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const now = page.getElementById(element.id)
    if (!now) return
    // Only a change is written, since each one is read out.
    if (now.textContent !== element.textContent) element.replaceChildren(...now.childNodes)
    if (now.dataset.checkAgain && times > 1) checkAgain(element, times - 1)
  } catch {
    if (times > 1) checkAgain(element, times - 1)
  }
}
for (const element of document.querySelectorAll('[data-check-again]')) checkAgain(element, 200)
