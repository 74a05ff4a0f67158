// SPDX-License-Identifier: MIT
// A provider's work with referrals: answer, start, record sessions, end with a report.
import { as, unique } from '../scene.mjs';

export default {
  role: 'provider',
  journeys: [
    {
      name: 'accepts, starts, records a session and ends with a report',
      async run(t) {
        const feedback = `Didn't come alone; "SELECT" a flat <b>now</b> ${unique()}`;
        await t.visit(`/referrals/${await referral(t)}`);
        await t.heading('Referral: Housing');
        await t.sees('Reply due');
        await t.submit('Accept');
        await t.sees('Referral updated');
        await t.sees('Start due');
        await t.submit('Start support');
        await t.click('Record a session');
        await t.sees('Did it happen?');
        await t.choose('Session happened');
        await t.choose('The person was late');
        await t.fill('How many minutes?', '50');
        await t.fill('Feedback', feedback);
        await t.submit('Save session');
        await t.sees('Session saved');
        await t.sees(feedback);
        await t.sees('50 minutes');
        await t.click('End with a report');
        t.expect(422);
        await t.submit('End referral');
        await t.sees('Enter an end report');
        await t.fill('End report', 'Has the keys and knows whom to call.');
        await t.submit('End referral');
        await t.sees('Has the keys and knows whom to call.');
        t.check((await t.button('Accept').count()) === 0, 'an ended referral can still be accepted');
      },
    },
    {
      name: 'declines with a reason',
      async run(t) {
        await t.visit(`/referrals/${await referral(t)}`);
        await t.click('Decline');
        await t.sees('Why can you not take this referral?');
        t.expect(422);
        await t.submit('Decline referral');
        await t.sees('There is a problem');
        await t.choose('No capacity');
        await t.fill('Tell the referrer more', 'Full until the spring');
        await t.submit('Decline referral');
        await t.sees('Full until the spring');
        await t.sees('No capacity');
      },
    },
    {
      name: 'a missed session is told from one that happened',
      async run(t) {
        const id = await referral(t);
        for (const to of ['accepted', 'started']) await as(t, 'provider', 'POST', `/referrals/${id}/transitions`, { to });
        await t.visit(`/referrals/${id}?step=session`);
        await t.choose('Missed, without an acceptable reason');
        await t.fill('How many minutes?', '30');
        t.expect(422);
        await t.submit('Save session');
        await t.sees('Minutes go with a session that happened');
        await t.fill('How many minutes?', '');
        await t.submit('Save session');
        await t.sees('Session saved');
      },
    },
    {
      name: 'the list has tabs, a filter and what is due',
      async run(t) {
        await referral(t);
        await t.visit('/referrals');
        await t.heading('Referrals');
        await t.sees('To answer (');
        await t.page.getByLabel('Service', { exact: true }).selectOption('housing');
        await t.submit('Apply filter');
        await t.sees('Reply due');
        for (const tab of [/^Open \(/, /^Ended \(/]) await t.follow(t.page.getByRole('link', { name: tab }).first());
        await t.click('Clear filter');
      },
    },
    {
      name: 'what was withdrawn meanwhile is said, and nothing typed is lost',
      async run(t) {
        const id = await referral(t);
        await t.visit(`/referrals/${id}?step=declined`);
        await t.choose('Out of area');
        await t.fill('Tell the referrer more', 'Ask the county team');
        await as(t, 'navigator', 'POST', `/referrals/${id}/transitions`, { to: 'withdrawn', reason: 'Moved away' });
        t.expect(409, 412);
        await t.submit('Decline referral');
        await t.sees('What you typed, which has not been saved');
        await t.sees('Ask the county team');
      },
    },
  ],
};

// A new referral to this provider, made by a navigator for somebody of the navigator's own.
async function referral(t) {
  const { status, body: mine } = await as(t, 'provider', 'GET', '/referrals?limit=1');
  t.check(status === 200, `the provider's list answered ${status}`);
  const { body: people } = await as(t, 'navigator', 'GET', '/participants?limit=5');
  const made = await as(t, 'navigator', 'POST', `/participants/${people.items[0].ref}/referrals`, {
    service: 'housing', provider: mine.items[0].provider, urgency: 'urgent', needs: ['accommodation'],
    reason: 'Sleeps on a sofa', risk_summary: 'Meet at the office', outcomes_wanted: ['A tenancy'],
  });
  t.check(made.status === 201, `making a referral answered ${made.status}`);
  return made.body.id;
}
