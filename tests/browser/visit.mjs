// SPDX-License-Identifier: MIT
// What a journey is written with: one browser window of one width, with or without scripts, in which
// every page that is opened is looked at (axe, sideways scrolling, console, content security policy).
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export class Visit {
  constructor(world, browserContext, page, session, variant, label) {
    Object.assign(this, { world, browserContext, page, session, label });
    this.js = variant.js;
    this.width = variant.width;
    this.failures = [];
    this.looks = 0;
    this.expected = [200];
    page.on('console', (m) => this.console(m));
    page.on('pageerror', (e) => this.fail(`script error: ${e.message}`));
    page.on('response', (r) => {
      if (r.request().isNavigationRequest() && r.frame() === page.mainFrame()) {
        this.status = r.status();
      } else if (r.status() >= 400) {
        this.fail(`${r.url()} answered ${r.status()}`);
      }
    });
  }

  console(message) {
    if (message.type() !== 'error') return;
    const text = message.text();
    // The browser repeats the status of a page that was expected to be refused.
    if (/Failed to load resource/.test(text) && message.location().url === this.page.url()) return;
    this.fail(`console: ${text}`);
  }

  fail(words) {
    this.failures.push(`${new URL(this.page.url(), this.world.url).pathname}: ${words}`);
  }

  check(condition, words) {
    if (!condition) this.fail(words);
  }

  /** The next page may answer this status (422 for a form with errors). */
  expect(...statuses) {
    this.expected = statuses;
  }

  async visit(to) {
    await this.page.goto(new URL(to, this.world.url).href, { waitUntil: 'load' });
    await this.look();
  }

  /** Clicks what leads to another page and waits for it. */
  async follow(locator) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), locator.click()]);
    await this.look();
  }

  link(name) {
    return this.page.getByRole('link', { name }).first();
  }

  button(name) {
    return this.page.getByRole('button', { name }).first();
  }

  async click(name) {
    const link = this.link(name);
    await this.follow((await link.count()) ? link : this.button(name));
  }

  async submit(name) {
    await this.follow(this.button(name));
  }

  /** A text field by its label. */
  async fill(label, text) {
    await this.page.getByLabel(label, { exact: true }).first().fill(text);
  }

  /** A radio button or checkbox by its label, as a finger would: on the label. */
  async choose(label) {
    await this.page.locator('label', { hasText: new RegExp(`^\\s*${escape(label)}\\s*$`) }).first().click();
  }

  /** Opens a closed details element. */
  async open(summary) {
    const details = this.page.locator('details', { has: this.page.locator('summary', { hasText: summary }) }).first();
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  }

  async sees(text) {
    const found = await this.page.getByText(text).count();
    this.check(found > 0, `"${text}" is not on the page`);
  }

  async doesNotSee(text) {
    const found = await this.page.getByText(text).count();
    this.check(found === 0, `"${text}" is on the page`);
  }

  async heading(text) {
    const h1 = (await this.page.locator('h1').allInnerTexts()).join(' / ');
    this.check(h1.includes(text), `the heading is "${h1}", not "${text}"`);
  }

  /** Signs in as an account of the role, on a session of its own when `fresh`. */
  async signIn(role, which = 0, fresh = true) {
    const account = this.world.accounts.filter((a) => a.role === role)[which];
    if (!account) throw new Error(`there is no account for ${role}`);
    const shared = `${role} ${which} ${this.js} ${this.width}`;
    this.account = account;
    if (!fresh && this.world.sessions.has(shared)) {
      await this.browserContext.addCookies(this.world.sessions.get(shared));
      await this.visit('/');
      return;
    }
    await this.visit('/sign-in');
    await this.fill('Username', account.username);
    await this.page.locator('input[name=password]').fill(account.password);
    await this.submit('Sign in');
    if (!fresh) this.world.sessions.set(shared, await this.browserContext.cookies());
  }

  async signOut() {
    await this.submit('Sign out');
  }

  /** Ends this window's session behind its back, as time would. */
  async endSession() {
    const cookie = (await this.browserContext.cookies()).find((c) => c.name.endsWith('phoenix'));
    const answer = await fetch(new URL('/api/v1/sessions/current', this.world.url),
      { method: 'DELETE', headers: { authorization: `Bearer ${cookie.value}` } });
    this.check(answer.status === 204, `ending the session answered ${answer.status}`);
  }

  /** The API with this account's own token: to set a scene, not to test it. */
  async api(method, to, body, key) {
    this.token ??= (await this.world.token(this.account));
    const answer = await fetch(new URL(`/api/v1${to}`, this.world.url), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  // ---- looking at a page ----

  async look() {
    this.looks += 1;
    // A machine busy with other tests may be told to come back: people would, and so does this.
    for (let i = 0; i < 5 && this.status === 503 && !this.expected.includes(503); i++) {
      await new Promise((done) => setTimeout(done, 1000));
      await this.page.reload({ waitUntil: 'load' });
    }
    const expected = this.expected;
    this.expected = [200];
    this.check(expected.includes(this.status), `answered ${this.status}, expected ${expected.join(' or ')}`);
    const wide = await this.page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth);
    this.check(wide <= 0, `scrolls sideways by ${wide} px`);
    const h1 = await this.page.locator('h1').count();
    this.check(h1 === 1, `has ${h1} h1 headings`);
    await this.axe();
    await this.shot();
  }

  // Pages made of the same pieces need looking at once: what axe judges follows from elements, classes
  // and roles, and who stands inside whom.
  async axe() {
    const shape = await this.page.evaluate(() => {
      const pieces = new Set();
      const name = (e) => [e.tagName, e.className?.baseVal ?? e.className, e.getAttribute('role'), e.type,
        e.hidden, e.getAttributeNames().filter((n) => n !== 'value').join(), e.open].join('.');
      for (const e of document.querySelectorAll('*')) {
        pieces.add(`${e.parentElement ? name(e.parentElement) : ''}>${name(e)}`);
      }
      return [...pieces].sort().join('\n');
    });
    const where = new URL(this.page.url()).pathname.replace(/PX[0-9A-Z]+|[0-9a-f-]{36}/g, '*');
    const print = createHash('sha256').update([this.js, this.width, this.status, where, shape].join('|')).digest('hex');
    if (this.world.looked.has(print)) return;
    this.world.looked.add(print);
    if (!this.js) await this.scripts(true);
    await this.page.evaluate(this.world.axe);
    const { violations } = await this.page.evaluate(
      (tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }), AXE_TAGS);
    if (!this.js) await this.scripts(false);
    for (const v of violations) {
      this.fail(`axe ${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')})`);
    }
  }

  /** Scripts of pages off or on: off again before the next page is opened. */
  async scripts(on) {
    await this.session.send('Emulation.setScriptExecutionDisabled', { value: !on });
  }

  async shot() {
    if (!this.world.shots) return;
    const name = `${this.label}-${String(this.looks).padStart(2, '0')}.png`.replace(/[^a-z0-9.-]+/gi, '_');
    await this.page.screenshot({ path: path.join(this.world.shots, name), fullPage: true });
  }
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
