// SPDX-License-Identifier: MIT
// A navigator's day on a phone: who needs me, record a contact, correct it, and nothing typed is lost.
export default {
  role: 'navigator',
  journeys: [
    {
      name: 'home shows what needs me and leads to a case',
      async run(t) {
        await t.heading('What needs you');
        for (const part of ['Overdue contacts', 'Contacts due in the next 7 days', 'Referrals awaiting a reply']) {
          await t.sees(part);
        }
        await person(t);
        await t.sees('Latest contacts');
        await t.sees('Open referrals');
        await t.sees('Open escalations');
      },
    },
    {
      name: 'on a phone status and the button come before the navigation',
      async run(t) {
        await person(t);
        const order = await t.page.evaluate(() => ['.govuk-tag', '.app-case__actions .govuk-button', '.moj-sub-navigation']
          .map((s) => document.querySelector(s)?.getBoundingClientRect().top ?? -1));
        t.check(order.every((top) => top >= 0), 'status, button or navigation is missing');
        t.check(order[0] < order[2] && order[1] < order[2], `they stand at ${order.join(', ')}`);
      },
    },
    {
      name: 'records a contact in one page',
      async run(t) {
        const note = `It's "SELECT * FROM visits"; said <b>yes</b> ${unique()}`;
        await person(t);
        await t.click('Record contact');
        await t.heading('Record a contact');
        await t.choose('Phone call');
        await t.choose('Spoke');
        await t.fill('How many minutes?', '12');
        await t.fill('Note', note);
        await t.submit('Save contact');
        await t.sees('Contact saved');
        await t.open('Note');
        await t.sees(note);
      },
    },
    {
      name: 'an attempt needs no minutes',
      async run(t) {
        await person(t);
        await t.click('Record contact');
        await t.choose('Door knock');
        await t.choose('Not at home');
        await t.submit('Save contact');
        await t.sees('Contact saved');
      },
    },
    {
      name: 'errors are named together and what was typed stays',
      async run(t) {
        const note = `Kept through errors ${unique()}`;
        await person(t);
        await t.click('Record contact');
        await t.fill('Year', '2040');
        await t.fill('How many minutes?', '2000');
        await t.fill('Note', note);
        t.expect(422);
        await t.submit('Save contact');
        await t.sees('There is a problem');
        const links = await t.page.locator('.govuk-error-summary a').all();
        t.check(links.length >= 4, `${links.length} errors are listed`);
        for (const link of links) {
          const target = (await link.getAttribute('href')).slice(1);
          t.check((await t.page.locator(`[id="${target}"]`).count()) === 1, `nothing has the id ${target}`);
        }
        t.check((await t.page.title()).startsWith('Error: '), 'the title does not say Error');
        t.check((await t.page.getByLabel('Note', { exact: true }).inputValue()) === note, 'the note was lost');
        await t.fill('Year', String(new Date().getFullYear()));
        await t.fill('How many minutes?', '20');
        await t.choose('Video call');
        await t.choose('Replied');
        await t.submit('Save contact');
        await t.sees('Contact saved');
        await t.open('Note');
        await t.sees(note);
      },
    },
    {
      name: 'sending twice saves once',
      async run(t) {
        const note = `Sent twice ${unique()}`;
        const ref = await person(t);
        await t.click('Record contact');
        await t.choose('Email');
        await t.choose('Replied');
        await t.fill('How many minutes?', '5');
        await t.fill('Note', note);
        await t.button('Save contact').dblclick();
        await t.page.waitForURL(/#contact-/);
        await t.look();
        await t.visit(`/participants/${ref}/contacts?view=print`);
        t.check((await t.page.getByText(note).count()) === 1, 'there is not exactly one such contact');
      },
    },
    {
      name: 'a session that ended loses nothing',
      ownSession: true,
      async run(t) {
        const note = `Typed before the end ${unique()}`;
        await person(t);
        await t.click('Record contact');
        await t.choose('Phone call');
        await t.choose('Spoke');
        await t.fill('How many minutes?', '9');
        await t.fill('Note', note);
        await t.endSession();
        t.expect(401);
        await t.submit('Save contact');
        await t.fill('Username', t.account.username);
        await t.page.locator('input[name=password]').fill(t.account.password);
        await t.submit('Sign in');
        await t.heading('Record a contact');
        t.check((await t.page.getByLabel('Note', { exact: true }).inputValue()) === note, 'the note was lost');
        await t.submit('Save contact');
        await t.sees('Contact saved');
        await t.open('Note');
        await t.sees(note);
      },
    },
    {
      name: 'a correction keeps the original',
      async run(t) {
        const first = `First words ${unique()}`, second = `Second words ${unique()}`;
        await person(t);
        await t.click('Record contact');
        await t.choose('Phone call');
        await t.choose('Spoke');
        await t.fill('How many minutes?', '7');
        await t.fill('Note', first);
        await t.submit('Save contact');
        await t.follow(t.page.locator('.moj-timeline__item', { hasText: first }).getByRole('link').first());
        await t.click('Correct this contact');
        await t.heading('Correct a contact');
        await t.fill('Note', second);
        await t.fill('Why are you correcting it?', 'Mixed up two calls');
        await t.submit('Save correction');
        await t.sees('Correction saved');
        const item = t.page.locator('.moj-timeline__item', { hasText: second });
        t.check((await item.getByText('Corrected by').count()) > 0, 'who corrected it is not said');
        await t.follow(item.getByRole('link').first());
        await t.sees('What was recorded before');
        await t.open('Note');
        t.check((await t.page.getByText(first).count()) > 0, 'the original is gone');
      },
    },
    {
      name: 'filters contacts',
      async run(t) {
        const ref = await person(t);
        await t.visit(`/participants/${ref}/contacts`);
        await t.open('Filter contacts');
        await t.fill('From', '1/1/2020');
        await t.page.getByLabel('How', { exact: true }).selectOption('letter');
        await t.submit('Apply filters');
        const titles = await t.page.locator('.moj-timeline__title').allInnerTexts();
        t.check(titles.every((w) => w.startsWith('Letter')), `shows ${titles.join(', ')}`);
        await t.click('Clear filters');
        await t.open('Filter contacts');
        await t.fill('From', 'the other day');
        t.expect(422);
        await t.submit('Apply filters');
        await t.sees('From must be a real date');
      },
    },
    {
      name: 'people of others are not there',
      async run(t) {
        t.expect(404);
        await t.visit('/participants/PX000000');
        await t.sees('not found');
      },
    },
  ],
};

let turn = 0;

// A person of the navigator's own, reached as they would be: from the home page.
async function person(t) {
  await t.visit('/');
  const links = t.page.locator('main a[href^="/participants/PX"]');
  const count = await links.count();
  t.check(count > 0, 'nobody needs this navigator');
  const href = await links.nth(turn++ % Math.min(count, 5)).getAttribute('href');
  const ref = href.match(/PX[0-9A-Z]+/)[0];
  await t.visit(`/participants/${ref}`);
  return ref;
}

function unique() {
  return Math.random().toString(36).slice(2, 10);
}
