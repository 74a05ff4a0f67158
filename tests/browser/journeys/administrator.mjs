// SPDX-License-Identifier: MIT
// An administrator keeps accounts, agencies and teams, and never sees a case; an auditor reads the log.
import { randomBytes } from 'node:crypto';

const word = () => randomBytes(4).toString('hex');

export default {
  role: 'administrator',
  journeys: [
    {
      name: 'adds an account, puts a mistake right, disables it',
      async run(t) {
        const username = `robin.${word()}`;
        await t.visit('/users');
        await t.click('Add a user');
        t.expect(422);
        await t.submit('Add user');
        await t.sees('There is a problem');
        await t.fill('Username', username);
        await t.fill('Name', "Robin O'Hara");
        await t.page.getByLabel('Role', { exact: true }).selectOption('navigator');
        await t.page.getByLabel('Site', { exact: true }).selectOption('leicester');
        await t.submit('Add user');
        await t.sees(username);
        await t.visit(`/users?q=${username}`);
        await t.click("Robin O'Hara");
        await t.submit('Disable this account');
        await t.sees('Enable this account');
      },
    },
    {
      name: 'adds an agency and a team',
      async run(t) {
        const name = `Open Door ${word()}`;
        await t.visit('/agencies');
        await t.fill('Name of the agency', name);
        await t.page.getByLabel('Kind', { exact: true }).selectOption('provider');
        await t.submit('Add agency');
        await t.sees(name);
        await t.fill('Name of the team', `Team ${name}`);
        await t.page.getByLabel('Site of the team', { exact: true }).selectOption('leicester');
        await t.submit('Add team');
        await t.sees(`Team ${name}`);
      },
    },
    {
      name: 'cannot open a case',
      async run(t) {
        t.check((await t.page.getByRole('link', { name: 'People', exact: true }).count()) === 0,
          'people are in the navigation');
        t.expect(403);
        await t.visit('/participants');
      },
    },
    {
      name: 'reads the log, filtered (auditor)',
      role: 'auditor',
      async run(t) {
        await t.visit('/audit');
        await t.heading('Audit log');
        await t.visit('/audit?action=sign_in');
        await t.sees('Signed in');
        t.expect(422);
        await t.visit('/audit?from=31/2/2026');
        await t.sees('Enter a real date');
      },
    },
  ],
};
