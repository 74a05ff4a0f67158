// SPDX-License-Identifier: MIT
// One's own account: what it says, changing the password, a form of an earlier session.
export default {
  role: 'auditor',
  journeys: [
    {
      name: 'my account says who I am',
      async run(t) {
        await t.visit('/account');
        await t.heading('My account');
        await t.sees(t.account.username);
        await t.sees('Auditor');
        await t.sees('Change my password');
      },
    },
    {
      name: 'new passwords that differ are told, and none is shown again',
      ownSession: true,
      async run(t) {
        await t.visit('/account');
        await password(t, 'current_password', 'not the right one');
        await password(t, 'new_password', 'three odd words here');
        await password(t, 'new_password_again', 'three odd words hear');
        t.expect(422);
        await t.submit('Change password');
        await t.sees('There is a problem');
        await t.sees('The two new passwords are not the same');
        for (const name of ['current_password', 'new_password', 'new_password_again']) {
          const value = await t.page.locator(`input[name=${name}]`).inputValue();
          t.check(value === '', `${name} is shown again`);
        }
      },
    },
    {
      name: 'a page that is not there says so in plain words',
      async run(t) {
        t.expect(404);
        await t.visit('/no-such-page');
        await t.heading('Page not found');
        await t.click('Go to the home page');
      },
    },
    {
      name: 'a form opened before signing in again comes back to be checked',
      role: 'navigator',
      ownSession: true,
      async run(t) {
        const note = `Opened before ${Math.random().toString(36).slice(2)}`;
        await t.visit('/');
        const href = await t.page.locator('main a[href^="/participants/PX"]').first().getAttribute('href');
        await t.visit(`/participants/${href.match(/PX[0-9A-Z]+/)[0]}/contacts/new`);
        await t.page.getByLabel('Note', { exact: true }).fill(note);
        const token = await t.world.token(t.account);
        const cookie = (await t.browserContext.cookies()).find((c) => c.name.endsWith('phoenix'));
        await t.browserContext.addCookies([{ ...cookie, value: token }]);
        await t.submit('Save contact');
        await t.heading('Record a contact');
        await t.sees('Check what you typed, then save');
        const kept = await t.page.getByLabel('Note', { exact: true }).inputValue();
        t.check(kept === note, 'the note was lost');
      },
    },
  ],
};

async function password(t, name, value) {
  await t.page.locator(`input[name=${name}]`).fill(value);
}
