// SPDX-License-Identifier: MIT
// A manager decides escalations: with the clock, the basis in words and the last contacts in sight.
import { escalation } from '../scene.mjs';

export default {
  role: 'manager',
  journeys: [
    {
      name: 'starts the review, approves and agrees actions',
      async run(t) {
        await t.visit(`/escalations/${await escalation(t)}`);
        await t.heading('Escalation: Continued violence');
        for (const part of ['Decision due', 'Engagement now', 'Last contacts', 'Seen with a knife on Tuesday']) await t.sees(part);
        await t.submit('Start the review');
        await t.sees('What do you decide?');
        await t.choose('Approve: enforcement action is due');
        await t.choose('Joint visit');
        await t.submit('Save decision');
        await t.sees('Escalation updated');
        await t.sees('Agreed: Joint visit');
      },
    },
    {
      name: 'a refusal needs its reason',
      async run(t) {
        await t.visit(`/escalations/${await escalation(t, 'under_review')}`);
        await t.choose('Do not approve');
        t.expect(422);
        await t.submit('Save decision');
        await t.sees('Enter a reason');
        await t.fill('Reason', 'Not enough to go on');
        await t.submit('Save decision');
        await t.sees('Not enough to go on');
        await t.click('Close');
        await t.fill('Reason', 'Support goes on');
        await t.submit('Close escalation');
        await t.sees('Support goes on');
      },
    },
    {
      name: 'the list has its clocks and tabs',
      async run(t) {
        await escalation(t);
        await t.visit('/escalations');
        await t.sees('Awaiting a decision (');
        await t.sees('Decision due');
        for (const tab of [/^Action due \(/, /^Other open \(/, /^Closed \(/]) {
          await t.follow(t.page.getByRole('link', { name: tab }).first());
        }
      },
    },
  ],
};
