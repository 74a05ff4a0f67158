-- Who asks: the first statement of every pipeline, audit rows, idempotency, sessions, accounts.

-- name: access_begin
-- params: 5 token hash, permission, reference or null, request id, remote
select user_id, username, display_name, role, site, team_id, team_name, agency_id, agency_name,
       must_change_password, expires_at, person_id, person_ref, person_site, person_version, wrapped
from access.begin($1, $2, $3, $4, $5);

-- name: access_begin_for
-- params: 6 token hash, permission, kind, object id, request id, remote
select user_id, username, display_name, role, site, team_id, team_name, agency_id, agency_name,
       must_change_password, expires_at, person_id, person_ref, person_site, person_version, wrapped
from access.begin_for($1, $2, $3, $4, $5, $6);

-- name: access_audit
-- params: 4 action, object id, subjects or null, detail
select access.audit($1, $2, $3::uuid[], $4);

-- name: access_audit_system
-- login: worker,owner
-- params: 4 action, object id, subjects or null, detail
select access.audit_system($1, $2, $3::uuid[], $4);

-- name: access_claim
-- params: 6 key, body hash, route, status, location, body
select access.claim($1, $2, $3, $4, $5, $6);

-- name: access_replay
-- params: 1 key
select status, location, body from access.replay($1);

-- name: access_signin_lookup
-- login: auth
-- params: 1 username
select user_id, password_hash, disabled, wait_seconds from access.signin_lookup($1);

-- name: access_signin_failed
-- login: auth
-- params: 4 username, request id, remote, why
select access.signin_failed($1, $2, $3, $4);

-- name: access_session_open
-- login: auth
-- params: 6 user, token hash, idle minutes, absolute hours, request id, remote
select username, display_name, role, site, must_change_password, expires_at
from access.session_open($1, $2, make_interval(mins => $3::int), make_interval(hours => $4::int), $5, $6);

-- name: access_sign_out
-- params: 3 token hash, request id, remote
select access.sign_out($1, $2, $3);

-- name: access_session_user
-- params: 1 token hash
select access.session_user_of($1) as user_id;

-- name: access_own_password
select password_hash, wait_seconds from access.own_password();

-- name: access_password_set
-- params: 1 hash
select access.password_set($1);

-- name: access_users
-- login: app,owner
-- params: 1 user id or null for all
select id, username, display_name, role, site, team_id, team, agency_id, agency,
       must_change_password, disabled_at, created_at, last_sign_in, version
from access.users($1);

-- name: access_user_add
-- login: app,owner
-- params: 8 id, username, display name, role, site, team, agency, hash
select access.user_add($1, $2, $3, $4, $5, $6, $7, $8);

-- name: access_user_change
-- login: app,owner
-- params: 7 id, version or null, display name, role, site, team, agency
select access.user_change($1, $2, $3, $4, $5, $6, $7) as version;

-- name: access_user_disable
-- login: app,owner
-- params: 1 id
select access.user_disable($1);

-- name: access_user_enable
-- login: app,owner
-- params: 1 id
select access.user_enable($1);

-- name: access_user_reset
-- login: app,owner
-- params: 2 id, hash
select access.user_reset($1, $2);

-- name: access_keyring_matches
-- login: app,worker,auth,owner
-- params: 1 check value
select access.keyring_matches($1) as matches;
