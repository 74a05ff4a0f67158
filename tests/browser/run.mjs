// SPDX-License-Identifier: MIT
// Runs the journeys of journeys/*.mjs in headless Chromium against a server with made-up people: each
// at 390 and 1280 px, with and without scripts. The last line is "N passed, N failed".
//
//   node run.mjs --phoenix FILE --phoenixd FILE --programme FILE [--modules DIR] [--only NAME]
//                [--shots DIR] [--jobs N] | --demo DIR/demo.json
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Visit, readJson } from './visit.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const options = readOptions(process.argv.slice(2));
const require = createRequire(path.join(options.modules ?? path.join(here, '../../packaging/npm'), '/'));
const { chromium } = require('playwright-core');

const VARIANTS = [
  { js: true, width: 390 }, { js: false, width: 390 },
  { js: true, width: 1280 }, { js: false, width: 1280 },
];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function readOptions(args) {
  const found = {};
  for (let i = 0; i < args.length; i += 2) {
    if (!args[i].startsWith('--') || args[i + 1] === undefined) {
      throw new Error(`not an option: ${args[i]}`);
    }
    found[args[i].slice(2)] = args[i + 1];
  }
  return found;
}

function chromiumPath() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = places.find((p) => p && fs.existsSync(p));
  if (!found) throw new Error('Chromium was not found: install chromium, or set CHROMIUM');
  return found;
}

// ---- the server ----

async function startServer() {
  if (options.demo) {
    const demo = readJson(options.demo);
    return { url: demo.url, accounts: demo.accounts, stop: async () => {} };
  }
  const dir = `/tmp/pxb${randomBytes(4).toString('hex')}`;
  const server = spawn(path.join(here, 'serve.sh'),
    [options.phoenix, options.phoenixd, options.programme, dir, options.people ?? '120'],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => server.once('exit', done));
  for await (const line of readline.createInterface({ input: server.stdout })) {
    if (!line.startsWith('ready ')) continue;
    return {
      url: line.slice(6).trim(),
      accounts: readJson(path.join(dir, 'accounts.json')),
      log: () => fs.readFileSync(path.join(dir, 'server.log'), 'utf8'),
      stop: async () => { server.stdin.end(); await ended; },
    };
  }
  throw new Error('the server did not start');
}

async function token(world, account) {
  const answer = await fetch(new URL('/api/v1/sessions', world.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', origin: world.url },
    body: JSON.stringify({ username: account.username, password: account.password }),
  });
  if (answer.status !== 201) throw new Error(`signing in over the API answers ${answer.status}`);
  return (await answer.json()).token;
}

// ---- the journeys ----

async function loadJourneys() {
  const files = fs.readdirSync(path.join(here, 'journeys')).filter((f) => f.endsWith('.mjs')).sort();
  const all = [];
  for (const file of files) {
    const { default: module } = await import(path.join(here, 'journeys', file));
    for (const journey of module.journeys) {
      all.push({ role: module.role, ...journey, file: path.basename(file, '.mjs') });
    }
  }
  return all.filter((j) => !options.only || `${j.file}: ${j.name}`.includes(options.only));
}

async function runOne(world, journey, variant) {
  const label = `${journey.file}: ${journey.name} (${variant.width} px, ${variant.js ? 'with' : 'without'} scripts)`;
  const context = await world.browser.newContext({
    viewport: { width: variant.width, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London',
    hasTouch: variant.width < 700,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  const session = await context.newCDPSession(page);
  const visit = new Visit(world, context, page, session, variant, label);
  try {
    if (!variant.js) await visit.scripts(false);
    if (journey.role && !journey.signedOut) {
      await visit.signIn(journey.role, journey.account ?? 0, Boolean(journey.ownSession));
    }
    await journey.run(visit);
    visit.check(visit.looks > 0, 'looked at no page');
  } catch (e) {
    visit.fail(`${e.message.split('\n').slice(0, 4).join(' | ')} ${(e.stack.match(/journeys\/[^)\n]+/) ?? [''])[0]}`);
    if (world.shots) await page.screenshot({ path: path.join(world.shots, `failed-${label}.png`.replace(/[^a-z0-9.-]+/gi, '_')) });
  }
  await context.close();
  console.log(`${visit.failures.length ? 'not ok' : 'ok'} ${label}`);
  for (const words of visit.failures) console.log(`    ${words}`);
  return visit.failures.length === 0;
}

async function main() {
  const journeys = await loadJourneys();
  if (!journeys.length) throw new Error('there are no journeys');
  const server = await startServer();
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  const world = {
    url: server.url, accounts: server.accounts, browser, shots: options.shots, looked: new Set(),
    sessions: new Map(),
    axe: fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'),
    token: (account) => token(world, account),
  };
  if (options.shots) fs.mkdirSync(options.shots, { recursive: true });
  // A journey may say that some variants are enough: those that look at the same templates again.
  const todo = journeys.flatMap((journey) => VARIANTS
    .filter((v) => !journey.variants || journey.variants(v))
    .map((variant) => ({ journey, variant })));
  let passed = 0, failed = 0;
  const worker = async () => {
    for (let next; (next = todo.shift());) {
      if (await runOne(world, next.journey, next.variant)) passed += 1;
      else failed += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: Number(options.jobs ?? 2) }, worker));
    if (failed && server.log) console.log(server.log().split('\n').slice(-20).join('\n'));
  } finally {
    await browser.close();
    await server.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

main().then((good) => process.exit(good ? 0 : 1), (e) => {
  console.error(e);
  console.log('0 passed, 1 failed');
  process.exit(1);
});
