// SPDX-License-Identifier: MIT
// A manager looks at the counts, and asks for an evaluation export until it can be downloaded.
export default {
  role: 'manager',
  journeys: [
    {
      name: 'counts lead to the lists they count',
      async run(t) {
        await t.visit('/reports');
        await t.heading('Reports');
        t.check((await t.page.locator('svg[role="img"]').count()) === 3, 'there are not three charts');
        const row = t.page.locator('tr', { has: t.page.getByRole('link', { name: 'Disengaged', exact: true }) }).first();
        const people = Number(await row.locator('td').first().textContent());
        await t.follow(t.page.getByRole('link', { name: 'Disengaged', exact: true }).first());
        if (people > 0 && people < 20) {
          const rows = await t.page.locator('main tbody tr').count();
          t.check(rows === people, `${people} people in the report, ${rows} in the list`);
        }
      },
    },
    {
      name: 'asks for an export and waits for it',
      async run(t) {
        await t.visit('/exports');
        await t.fill('Cut-off date (optional)', '31/2/2026');
        await t.fill('Why do you need it? (optional)', 'Interim report');
        t.expect(422);
        await t.submit('Ask for the export');
        await t.sees('Cut-off must be a real date');
        await t.fill('Cut-off date (optional)', '');
        await t.submit('Ask for the export');
        // With scripts the page may have looked again by then, and such words are said once.
        if (!t.js) await t.sees('Export asked for');
        await t.sees('Interim report');
        const done = t.page.getByRole('button', { name: /Download the zip/ });
        for (let i = 0; i < 60 && !(await done.count()); i++) {
          await t.page.waitForTimeout(1000);
          if (!t.js) await t.visit(t.page.url());
        }
        t.check((await done.count()) === 1, 'the export never became ready');
        const file = await t.page.request.get(new URL(await done.getAttribute('href'), t.page.url()).href);
        t.check(file.status() === 200, `the file answered ${file.status()}`);
        t.check((await file.body()).subarray(0, 2).toString() === 'PK', 'the file is no zip');
      },
    },
  ],
};
