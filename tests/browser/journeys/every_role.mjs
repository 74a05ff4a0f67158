// SPDX-License-Identifier: MIT
// What every role can reach: one page of each kind that the links lead to, from the home page on.
const ROLES = ['navigator', 'team_lead', 'manager', 'police', 'probation', 'youth_justice', 'provider',
  'evaluator', 'trial_manager', 'administrator', 'auditor'];
const MOST = 40;

// Pages of one kind have one pattern: references and ids are like each other.
function kind(href, base) {
  const url = new URL(href, base);
  if (url.origin !== new URL(base).origin || /^\/(assets|sign-out)|\/file$/.test(url.pathname)) return null;
  return url.pathname.replace(/PX[0-9A-Z]{6}/g, '*').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*');
}

export default {
  journeys: ROLES.map((role) => ({
    name: `every kind of page: ${role.replace('_', ' ')}`,
    role,
    // On a phone without scripts and on a desk with them: every page in both, at half the time.
    variants: (v) => v.js === (v.width > 700),
    async run(t) {
      const seen = new Set(['/']), todo = ['/'];
      while (todo.length && seen.size <= MOST) {
        await t.visit(todo.shift());
        const links = await t.page.$$eval('a[href]', (all) => all.map((a) => a.getAttribute('href')));
        for (const href of links) {
          const pattern = kind(href, t.page.url());
          if (!pattern || seen.has(pattern)) continue;
          seen.add(pattern);
          todo.push(new URL(href, t.page.url()).href);
        }
      }
      t.check(seen.size >= 4, `only ${seen.size} kinds of pages were found`);
    },
  })),
};
