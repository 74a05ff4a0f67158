// SPDX-License-Identifier: MIT
// This interface as OpenAPI 3.1, made from THE route table, the field tables, the vocabularies and
// err.def: nothing is described twice. Made once, at the first request, and kept.
#include "api/openapi.h"

#include "api/handlers.h"
#include "api/json.h"
#include "base/vocab.h"

#include <pthread.h>
#include <string.h>

enum kind { KIND_BODY, KIND_PATCH, KIND_ANSWER };
enum { SCHEMAS_MOST = 128, STATUS_MOST = 600 };

struct schema {
    const struct field_table *table;
    enum kind kind;
};

struct doc {
    struct buf *out;
    struct arena *arena;
    const struct route_table *routes;
    struct schema schemas[SCHEMAS_MOST];
    size_t n_schemas;
    bool status_used[STATUS_MOST];
};

// Answers that are not one record of a field table.
static const struct {
    route_handler handler;
    const char *schema;
} special[] = {
    {api_session_create,
     "{\"type\":\"object\",\"required\":[\"token\",\"expires_at\",\"user\"],\"properties\":{"
     "\"token\":{\"type\":\"string\"},\"expires_at\":{\"type\":\"string\",\"format\":\"date-time\"}"
     ","
     "\"user\":{\"type\":\"object\",\"required\":[\"username\",\"role\",\"site\"],\"properties\":{"
     "\"username\":{\"type\":\"string\"},\"role\":{\"type\":\"string\"},"
     "\"site\":{\"type\":[\"string\",\"null\"]}}}}}"},
    {api_me,
     "{\"type\":\"object\",\"required\":[\"username\",\"role\",\"site\",\"permissions\"],"
     "\"properties\":{\"username\":{\"type\":\"string\"},\"display_name\":{\"type\":\"string\"},"
     "\"role\":{\"type\":\"string\"},\"site\":{\"type\":[\"string\",\"null\"]},"
     "\"team\":{\"type\":[\"string\",\"null\"]},\"agency\":{\"type\":[\"string\",\"null\"]},"
     "\"must_change_password\":{\"type\":\"boolean\"},"
     "\"expires_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
     "\"permissions\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}"},
};

static const char *special_schema(route_handler handler)
{
    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
        if (special[i].handler == handler)
            return special[i].schema;
    return "{\"type\":\"object\"}";
}

static void raw(struct doc *d, const char *text)
{
    buf_puts(d->out, text);
}

static void open_object(struct doc *d, const char *key)
{
    if (key)
        json_write_key(d->out, key);
    else
        json_write_comma(d->out);
    buf_putc(d->out, '{');
}

static void close_object(struct doc *d)
{
    buf_putc(d->out, '}');
}

static void number(struct doc *d, const char *key, long n)
{
    json_write_key(d->out, key);
    buf_printf(d->out, "%ld", n);
}

// ---- schemas ----

static bool is_body_anywhere(const struct doc *d, const struct field_table *t)
{
    for (size_t i = 0; i < d->routes->n; i++)
        if (d->routes->routes[i].body == t)
            return true;
    return false;
}

static const char *schema_name(struct doc *d, const struct field_table *t, enum kind kind)
{
    const char *suffix = kind == KIND_PATCH                              ? "Patch"
                         : kind == KIND_ANSWER && is_body_anywhere(d, t) ? "Answer"
                                                                         : "";
    return arena_printf(d->arena, "%s%s", t->name, suffix);
}

// A reference to the schema, which is then written under components.
static void write_ref(struct doc *d, const struct field_table *t, enum kind kind)
{
    bool known = false;
    for (size_t i = 0; i < d->n_schemas && !known; i++)
        known = d->schemas[i].table == t && d->schemas[i].kind == kind;
    if (!known && d->n_schemas < SCHEMAS_MOST)
        d->schemas[d->n_schemas++] = (struct schema){t, kind};
    buf_putc(d->out, '{');
    json_write_pair(d->out, "$ref",
                    arena_printf(d->arena, "#/components/schemas/%s", schema_name(d, t, kind)));
    buf_putc(d->out, '}');
}

static void write_type(struct doc *d, const char *type, bool nullable)
{
    json_write_key(d->out, "type");
    buf_printf(d->out, nullable ? "[\"%s\",\"null\"]" : "\"%s\"", type);
}

static void write_codes(struct doc *d, const char *vocab, bool nullable)
{
    const struct vocab *v = vocab ? vocab_find(vocab) : NULL;
    if (!v || !v->n)
        return;
    json_write_key(d->out, "enum");
    buf_putc(d->out, '[');
    for (size_t i = 0; i < v->n; i++) {
        json_write_comma(d->out);
        json_write_string(d->out, v->codes[i].code);
    }
    raw(d, nullable ? ",null]" : "]");
}

static void write_length(struct doc *d, const struct field *f)
{
    if (f->min > 0)
        number(d, "minLength", f->min);
    if (f->max > 0)
        number(d, "maxLength", f->max);
}

static void write_items(struct doc *d, const struct field *f)
{
    json_write_key(d->out, "items");
    if (f->type == FIELD_OBJECTS && f->sub) {
        write_ref(d, f->sub, KIND_ANSWER);
        return;
    }
    open_object(d, NULL);
    write_type(d, f->type == FIELD_OBJECTS ? "object" : "string", false);
    if (f->type == FIELD_CODES)
        write_codes(d, f->vocab, false);
    else if (f->type == FIELD_LIST)
        write_length(d, f);
    close_object(d);
}

static void write_field(struct doc *d, const struct field *f, bool nullable)
{
    static const char *const formats[] = {
        [FIELD_DATE] = "date", [FIELD_TIME] = "date-time", [FIELD_UUID] = "uuid"};
    open_object(d, f->name);
    switch (f->type) {
    case FIELD_INT:
        write_type(d, "integer", nullable);
        if (f->min < f->max) {
            number(d, "minimum", f->min);
            number(d, "maximum", f->max);
        }
        break;
    case FIELD_BOOL:
        write_type(d, "boolean", nullable);
        break;
    case FIELD_CODES:
    case FIELD_LIST:
    case FIELD_OBJECTS:
        write_type(d, "array", false);
        write_items(d, f);
        break;
    case FIELD_CODE:
        write_type(d, "string", nullable);
        write_codes(d, f->vocab, nullable);
        break;
    case FIELD_TEXT:
        write_type(d, "string", nullable);
        write_length(d, f);
        break;
    case FIELD_DATE:
    case FIELD_TIME:
    case FIELD_UUID:
        write_type(d, "string", nullable);
        json_write_pair(d->out, "format", formats[f->type]);
        break;
    }
    if (f->label || f->help)
        json_write_pair(d->out, "description",
                        f->label && f->help ? arena_printf(d->arena, "%s: %s", f->label, f->help)
                        : f->label          ? f->label
                                            : f->help);
    close_object(d);
}

static bool is_shown(const struct field *f, enum kind kind)
{
    if (kind == KIND_ANSWER)
        return !(f->flags & FIELD_SECRET);
    return !(f->flags & FIELD_READONLY) && f->type != FIELD_OBJECTS;
}

static void write_required(struct doc *d, const struct schema *s)
{
    bool any = false;
    for (size_t i = 0; i < s->table->n; i++) {
        const struct field *f = &s->table->fields[i];
        if (s->kind != KIND_BODY || !(f->flags & FIELD_REQUIRED) || !is_shown(f, s->kind))
            continue;
        if (!any) {
            json_write_key(d->out, "required");
            buf_putc(d->out, '[');
        }
        any = true;
        json_write_comma(d->out);
        json_write_string(d->out, f->name);
    }
    if (any)
        buf_putc(d->out, ']');
}

static void write_schema(struct doc *d, const struct schema *s)
{
    open_object(d, schema_name(d, s->table, s->kind));
    write_type(d, "object", false);
    write_required(d, s);
    if (s->kind != KIND_ANSWER)
        raw(d, ",\"additionalProperties\":false");
    open_object(d, "properties");
    for (size_t i = 0; i < s->table->n; i++) {
        const struct field *f = &s->table->fields[i];
        bool must = s->kind == KIND_BODY && (f->flags & FIELD_REQUIRED);
        if (is_shown(f, s->kind))
            write_field(d, f, !must);
    }
    close_object(d);
    close_object(d);
}

// ---- operations ----

static const char *operation_id(struct arena *a, const struct route *r)
{
    struct buf id;
    buf_init(&id, a);
    for (const char *p = r->method; *p; p++)
        buf_putc(&id, (char)(*p | 0x20));
    for (const char *p = r->pattern + strlen("/api/v1"); *p; p++)
        if (*p != '{' && *p != '}')
            buf_putc(&id, *p == '/' || *p == '.' ? '_' : *p);
    return id.p;
}

// "/api/v1/participants/{ref}" -> "participants"
static const char *tag_of(struct arena *a, const struct route *r)
{
    const char *p = r->pattern + strlen("/api/v1/");
    return arena_strndup(a, p, strcspn(p, "/"));
}

static void parameter(struct doc *d, const char *in, const char *name, bool must,
                      const char *schema, const char *words)
{
    open_object(d, NULL);
    json_write_pair(d->out, "name", name);
    json_write_pair(d->out, "in", in);
    if (must)
        raw(d, ",\"required\":true");
    json_write_pair(d->out, "description", words);
    json_write_key(d->out, "schema");
    raw(d, schema);
    close_object(d);
}

static void write_path_parameters(struct doc *d, const struct route *r)
{
    for (const char *p = strchr(r->pattern, '{'); p; p = strchr(p + 1, '{')) {
        const char *name = arena_strndup(d->arena, p + 1, strcspn(p + 1, "}"));
        bool ref = strcmp(name, "ref") == 0;
        parameter(d, "path", name, true,
                  ref ? "{\"type\":\"string\"}" : "{\"type\":\"string\",\"format\":\"uuid\"}",
                  ref ? "Reference of the participant" : "Identifier this service gave");
    }
}

static void write_query_parameters(struct doc *d, const struct field_table *t)
{
    for (size_t i = 0; t && i < t->n; i++) {
        const struct field *f = &t->fields[i];
        open_object(d, NULL);
        json_write_pair(d->out, "name", f->name);
        json_write_pair(d->out, "in", "query");
        if (f->flags & FIELD_REQUIRED)
            raw(d, ",\"required\":true");
        // write_field() writes a key of its own, which is the one wanted here under another name.
        struct field schema = *f;
        schema.name = "schema";
        write_field(d, &schema, false);
        close_object(d);
    }
}

static void write_parameters(struct doc *d, const struct route *r)
{
    if (!strchr(r->pattern, '{') && !r->params && !(r->flags & (ROUTE_CREATES | ROUTE_IF_MATCH)))
        return;
    json_write_key(d->out, "parameters");
    buf_putc(d->out, '[');
    write_path_parameters(d, r);
    write_query_parameters(d, r->params);
    if (r->flags & ROUTE_CREATES)
        parameter(d, "header", "Idempotency-Key", false,
                  "{\"type\":\"string\",\"format\":\"uuid\"}",
                  "The same key and body give the first answer again and store nothing twice");
    if (r->flags & ROUTE_IF_MATCH)
        parameter(d, "header", "If-Match", true, "{\"type\":\"string\"}",
                  "The ETag of the version that was read");
    buf_putc(d->out, ']');
}

static void write_body(struct doc *d, const struct route *r)
{
    if (!r->body)
        return;
    bool patch = strcmp(r->method, "PATCH") == 0;
    raw(d, ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":");
    write_ref(d, r->body, patch ? KIND_PATCH : KIND_BODY);
    raw(d, "}}}");
}

static void write_answer_schema(struct doc *d, const struct route *r)
{
    if (r->flags & ROUTE_LIST)
        raw(d,
            "{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{"
            "\"next\":{\"type\":[\"string\",\"null\"]},\"items\":{\"type\":\"array\",\"items\":");
    if (r->answer)
        write_ref(d, r->answer, KIND_ANSWER);
    else
        raw(d, special_schema(r->handler));
    if (r->flags & ROUTE_LIST)
        raw(d, "}}}");
}

static void header_of_answer(struct doc *d, const char *name, const char *words)
{
    open_object(d, "headers");
    open_object(d, name);
    json_write_pair(d->out, "description", words);
    raw(d, ",\"schema\":{\"type\":\"string\"}}}");
}

static void write_success(struct doc *d, const struct route *r)
{
    open_object(d, arena_printf(d->arena, "%d", r->ok_status));
    json_write_pair(d->out, "description", r->summary);
    if (r->ok_status == 201 || r->ok_status == 202)
        header_of_answer(d, "Location", "Address of what was made");
    else if (r->answer && field_find(r->answer, "version") && !(r->flags & ROUTE_LIST))
        header_of_answer(d, "ETag", "Version, for If-Match");
    if (r->handler == api_export_file) {
        raw(d, ",\"content\":{\"application/zip\":{}}");
    } else if (r->ok_status != 204) {
        raw(d, ",\"content\":{\"application/json\":{\"schema\":");
        write_answer_schema(d, r);
        raw(d, "}}");
    }
    close_object(d);
}

static void write_failure(struct doc *d, int status, bool possible)
{
    if (!possible)
        return;
    d->status_used[status] = true;
    open_object(d, arena_printf(d->arena, "%d", status));
    json_write_pair(d->out, "$ref", arena_printf(d->arena, "#/components/responses/E%d", status));
    close_object(d);
}

static void write_responses(struct doc *d, const struct route *r)
{
    bool open = r->flags & ROUTE_PUBLIC, writes = strcmp(r->method, "GET") != 0;
    bool sign_in = r->handler == api_session_create;
    open_object(d, "responses");
    write_success(d, r);
    write_failure(d, 400, true);
    write_failure(d, 401, !open || sign_in);
    write_failure(d, 403, !open);
    write_failure(d, 404, strchr(r->pattern, '{') != NULL);
    write_failure(d, 409, writes && !sign_in);
    write_failure(d, 412, r->flags & ROUTE_IF_MATCH);
    write_failure(d, 413, r->body != NULL);
    write_failure(d, 415, r->body != NULL);
    write_failure(d, 422, r->body || r->params || (r->flags & ROUTE_CREATES));
    write_failure(d, 428, r->flags & ROUTE_IF_MATCH);
    write_failure(d, 429, sign_in);
    write_failure(d, 503, r->pool != POOL_INLINE);
    close_object(d);
}

static void write_operation(struct doc *d, const struct route *r)
{
    struct buf method;
    buf_init(&method, d->arena);
    for (const char *p = r->method; *p; p++)
        buf_putc(&method, (char)(*p | 0x20));
    open_object(d, method.p);
    json_write_pair(d->out, "operationId", operation_id(d->arena, r));
    json_write_pair(d->out, "summary", r->summary);
    json_write_key(d->out, "tags");
    buf_putc(d->out, '[');
    json_write_string(d->out, tag_of(d->arena, r));
    buf_putc(d->out, ']');
    if (r->flags & ROUTE_PUBLIC)
        raw(d, ",\"security\":[]");
    else
        json_write_pair(d->out, "description",
                        arena_printf(d->arena, "Needs the permission `%s`: %s.",
                                     permission_row(r->permission)->code,
                                     permission_row(r->permission)->words));
    write_parameters(d, r);
    write_body(d, r);
    write_responses(d, r);
    close_object(d);
}

// ---- the document ----

static bool is_api(const struct route *r)
{
    return strncmp(r->pattern, "/api/v1/", strlen("/api/v1/")) == 0;
}

static void write_paths(struct doc *d)
{
    const struct route *all = d->routes->routes;
    open_object(d, "paths");
    for (size_t i = 0; i < d->routes->n; i++) {
        bool again = !is_api(&all[i]);
        for (size_t k = 0; k < i && !again; k++)
            again = strcmp(all[k].pattern, all[i].pattern) == 0;
        if (again)
            continue;
        open_object(d, all[i].pattern);
        for (size_t k = i; k < d->routes->n; k++)
            if (strcmp(all[k].pattern, all[i].pattern) == 0)
                write_operation(d, &all[k]);
        close_object(d);
    }
    close_object(d);
}

static void write_tags(struct doc *d)
{
    const struct route *all = d->routes->routes;
    json_write_key(d->out, "tags");
    buf_putc(d->out, '[');
    for (size_t i = 0; i < d->routes->n; i++) {
        bool again = !is_api(&all[i]);
        for (size_t k = 0; k < i && !again; k++)
            again = is_api(&all[k]) &&
                    strcmp(tag_of(d->arena, &all[k]), tag_of(d->arena, &all[i])) == 0;
        if (again)
            continue;
        open_object(d, NULL);
        json_write_pair(d->out, "name", tag_of(d->arena, &all[i]));
        json_write_pair(
            d->out, "description",
            arena_printf(d->arena, "What there is under /api/v1/%s", tag_of(d->arena, &all[i])));
        close_object(d);
    }
    buf_putc(d->out, ']');
}

static const char *status_words(int status)
{
    for (int e = ERR_OK + 1; e < ERR_COUNT; e++)
        if (err_row((enum err)e)->status == status)
            return err_row((enum err)e)->words;
    return "Error";
}

static void write_failures(struct doc *d)
{
    open_object(d, "responses");
    for (int status = 0; status < STATUS_MOST; status++) {
        if (!d->status_used[status])
            continue;
        open_object(d, arena_printf(d->arena, "E%d", status));
        json_write_pair(d->out, "description", status_words(status));
        raw(d, ",\"content\":{\"application/problem+json\":{\"schema\":"
               "{\"$ref\":\"#/components/schemas/Problem\"}}}}");
    }
    close_object(d);
}

static void write_problem_schema(struct doc *d)
{
    raw(d, "\"Problem\":{\"type\":\"object\",\"description\":\"RFC 9457 problem details\","
           "\"required\":[\"type\",\"title\",\"status\",\"errors\",\"request_id\"],\"properties\":{"
           "\"type\":{\"type\":\"string\",\"enum\":[");
    for (int e = ERR_OK + 1; e < ERR_COUNT; e++) {
        json_write_comma(d->out);
        json_write_string(
            d->out, arena_printf(d->arena, "urn:phoenix:problem:%s", err_row((enum err)e)->type));
    }
    raw(d, "]},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
           "\"detail\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"},"
           "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
           "\"required\":[\"pointer\",\"message\"],\"properties\":{"
           "\"pointer\":{\"type\":\"string\",\"description\":\"JSON Pointer to the field\"},"
           "\"message\":{\"type\":\"string\"}}}}}}");
}

static void write_components(struct doc *d)
{
    open_object(d, "components");
    raw(d,
        "\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
        "\"description\":\"The token of POST /api/v1/sessions\"},"
        "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"phoenix\","
        "\"description\":\"The cookie of the pages (__Host-phoenix over TLS); requests that change "
        "something also need the header X-CSRF-Token\"}}");
    write_failures(d);
    open_object(d, "schemas");
    write_problem_schema(d);
    for (size_t i = 0; i < d->n_schemas; i++) // grows as rows of rows are met
        write_schema(d, &d->schemas[i]);
    close_object(d);
    close_object(d);
}

void api_openapi_write(struct arena *a, const struct route_table *routes, struct buf *out)
{
    struct doc *d = ARENA_NEW(a, struct doc);
    *d = (struct doc){.out = out, .arena = a, .routes = routes};
    raw(d,
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Phoenix\",\"version\":\"1\","
        "\"description\":\"Case management for violence-reduction programmes. What the actor may "
        "not see is answered 404, as if it did not exist.\","
        "\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
        "\"servers\":[{\"url\":\"/\"}],\"security\":[{\"bearer\":[]},{\"session\":[]}]");
    write_tags(d);
    write_paths(d);
    write_components(d);
    close_object(d);
}

enum err api_openapi(struct request *r, struct response *res)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct buf kept; // lives as long as the program, like the tables it is made of
    pthread_mutex_lock(&lock);
    if (!kept.p) {
        buf_init(&kept, arena_new());
        api_openapi_write(kept.arena, r->table, &kept);
    }
    pthread_mutex_unlock(&lock);
    json_answer(res, 200);
    res->static_bytes = kept.p;
    res->n_static = kept.n;
    return ERR_OK;
}
