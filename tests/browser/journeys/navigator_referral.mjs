// SPDX-License-Identifier: MIT
// A navigator makes a referral, keeps one as a draft, and withdraws it.
import { as, unique } from '../scene.mjs';

export default {
  role: 'navigator',
  journeys: [
    {
      name: 'sends a referral after mending what was missing',
      async run(t) {
        const reason = `Can't pay the rent; said "SELECT" <i>twice</i> ${unique()}`;
        await open(t);
        await t.fill('Reason for the referral', reason);
        t.expect(422);
        await t.submit('Send referral');
        await t.sees('There is a problem');
        for (const link of await t.page.locator('.govuk-error-summary a').all()) {
          const target = (await link.getAttribute('href')).slice(1);
          t.check((await t.page.locator(`[id="${target}"]`).count()) === 1, `nothing has the id ${target}`);
        }
        t.check((await t.page.getByLabel('Reason for the referral', { exact: true }).inputValue()) === reason, 'the reason was lost');
        await t.choose('Debt and benefits');
        await t.page.getByLabel('Provider', { exact: true }).selectOption({ index: 1 });
        await t.choose('Finance, benefit and debt');
        await t.fill('First outcome', 'Rent paid on time');
        await t.submit('Send referral');
        await t.sees('Referral sent');
        await t.sees(reason);
        await t.sees('Rent paid on time');
      },
    },
    {
      name: 'keeps a draft, sends it, withdraws it',
      async run(t) {
        await open(t);
        await t.choose('Mentoring');
        await t.page.getByLabel('Provider', { exact: true }).selectOption({ index: 1 });
        await t.fill('Reason for the referral', 'Somebody to talk to');
        await t.submit('Save as draft');
        await t.sees('Referral saved');
        await t.submit('Send referral');
        await t.sees('Referral sent');
        await t.click('Withdraw');
        t.expect(422);
        await t.submit('Withdraw referral');
        await t.sees('Enter a reason');
        await t.fill('Reason', 'Has found a mentor');
        await t.submit('Withdraw referral');
        await t.sees('Has found a mentor');
      },
    },
  ],
};

async function open(t) {
  const { body } = await as(t, 'navigator', 'GET', '/participants?limit=5');
  await t.visit(`/participants/${body.items[0].ref}/referrals/new`);
  await t.heading('Make a referral');
}
