// SPDX-License-Identifier: MIT
// Setting a scene for a journey through the API, as somebody else than its own account.

/** The API as the first account of a role; a busy server (503) is asked again with the same key. */
export async function as(t, role, method, to, body) {
  const account = t.world.accounts.find((a) => a.role === role);
  t.world.tokens ??= new Map();
  if (!t.world.tokens.has(role)) t.world.tokens.set(role, t.world.token(account));
  const request = {
    method,
    headers: {
      authorization: `Bearer ${await t.world.tokens.get(role)}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(body && /(referrals|escalations)$/.test(to) ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  };
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(new URL(`/api/v1${to}`, t.world.url), request);
    const text = await answer.text();
    if (answer.status !== 503 || tries === 5) {
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** A new escalation of somebody of the navigator's own, taken as far as `states` by the manager. */
export async function escalation(t, ...states) {
  const { body: people } = await as(t, 'navigator', 'GET', '/participants?limit=5');
  const made = await as(t, 'navigator', 'POST', `/participants/${people.items[0].ref}/escalations`,
    { trigger: 'continued_violence', evidence: 'Seen with a knife on Tuesday' });
  t.check(made.status === 201, `raising an escalation answered ${made.status}`);
  for (const to of states) {
    const { status } = await as(t, 'manager', 'POST', `/escalations/${made.body.id}/transitions`,
      { to, ...(to === 'approved' ? { actions: ['warning_letter'] } : {}) });
    t.check(status === 200, `moving to ${to} answered ${status}`);
  }
  return made.body.id;
}

export function unique() {
  return Math.random().toString(36).slice(2, 10);
}
