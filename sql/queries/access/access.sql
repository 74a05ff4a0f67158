-- Who asks: the first statement of every pipeline, audit rows, idempotency, sessions, accounts.

-- name: access_begin
-- params: token_hash:bytes permission ref request_id remote
select user_id, username, display_name, role, site, team_id, team_name, agency_id, agency_name,
       must_change_password, expires_at, person_id, participant_id, person_ref, person_site, person_version, wrapped
from access.begin(:token_hash, :permission, :ref, :request_id, :remote);

-- name: access_begin_for
-- params: token_hash:bytes permission kind id request_id remote
select user_id, username, display_name, role, site, team_id, team_name, agency_id, agency_name,
       must_change_password, expires_at, person_id, participant_id, person_ref, person_site, person_version, wrapped
from access.begin_for(:token_hash, :permission, :kind, :id, :request_id, :remote);

-- name: access_audit
-- params: action object_id subjects detail
select access.audit(:action, :object_id, :subjects::uuid[], :detail);

-- name: access_audit_system
-- login: worker,owner
-- params: action object_id subjects detail
select access.audit_system(:action, :object_id, :subjects::uuid[], :detail);

-- name: access_claim
-- params: key body_hash:bytes route status:int location body
select access.claim(:key, :body_hash, :route, :status, :location, :body);

-- name: access_replay
-- params: key
select status, location, body from access.replay(:key);

-- name: access_signin_lookup
-- login: auth
-- params: username
select user_id, password_hash, disabled, wait_seconds from access.signin_lookup(:username);

-- name: access_signin_failed
-- login: auth
-- params: username request_id remote why
select access.signin_failed(:username, :request_id, :remote, :why);

-- name: access_session_open
-- login: auth
-- params: user_id token_hash:bytes idle_minutes:int absolute_hours:int request_id remote
select username, display_name, role, site, must_change_password, expires_at
from access.session_open(:user_id, :token_hash, make_interval(mins => :idle_minutes::int), make_interval(hours => :absolute_hours::int), :request_id, :remote);

-- name: access_sign_out
-- params: token_hash:bytes request_id remote
select access.sign_out(:token_hash, :request_id, :remote);

-- name: access_session_user
-- params: token_hash:bytes
select access.session_user_of(:token_hash) as user_id;

-- name: access_own_password
select password_hash, wait_seconds from access.own_password();

-- name: access_password_set
-- params: hash
select access.password_set(:hash);

-- name: access_users
-- login: app,owner
-- params: id
select id, username, display_name, role, site, team_id, team, agency_id, agency,
       must_change_password, disabled_at, created_at, last_sign_in, version
from access.users(:id);

-- name: access_user_add
-- login: app,owner
-- params: id username display_name role site team agency hash
select access.user_add(:id, :username, :display_name, :role, :site, :team, :agency, :hash);

-- name: access_user_change
-- login: app,owner
-- params: id version display_name role site team agency
select access.user_change(:id, :version, :display_name, :role, :site, :team, :agency) as version;

-- name: access_user_disable
-- login: app,owner
-- params: id
select access.user_disable(:id);

-- name: access_user_enable
-- login: app,owner
-- params: id
select access.user_enable(:id);

-- name: access_user_reset
-- login: app,owner
-- params: id hash
select access.user_reset(:id, :hash);

-- name: access_context_apart
-- login: app,owner
-- Whether the parameter that carries the context (sql/schema/context.sql) is the owner's alone and says nothing yet.
select not has_parameter_privilege('phoenix_app', 'backtrace_functions', 'set')
       and not pg_has_role('phoenix_app', 'phoenix_owner', 'member')
       and has_parameter_privilege('phoenix_owner', 'backtrace_functions', 'set')
       and current_setting('backtrace_functions') = '' as apart;

-- name: access_keyring_matches
-- login: app,worker,auth,owner
-- params: check_value:bytes
select access.keyring_matches(:check_value) as matches;
