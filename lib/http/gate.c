// SPDX-License-Identifier: MIT
#include "http/gate.h"

#include "base/utf8.h"

#include <string.h>
#include <strings.h>

const struct gate_marks gate_marks_wire = {'\r', '\n', ':'};
const struct gate_marks gate_marks_mhd = {'\0', '\0', '\0'};

bool gate_token_char(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c && strchr("!#$%&'*+-.^_`|~", c);
}

bool span_is(struct span s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

int gate_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool value_char(char c)
{
    unsigned char u = (unsigned char)c;
    return u == '\t' || (u >= 0x20 && u != 0x7f);
}

// A position in the head; every reader below advances it only past what it has checked.
struct cursor {
    const char *p;
    size_t n, at;
};

static enum gate_verdict read_run(struct cursor *c, bool (*ok)(char), struct span *ret)
{
    size_t from = c->at;
    while (c->at < c->n && ok(c->p[c->at]))
        c->at++;
    *ret = (struct span){c->p + from, c->at - from};
    return c->at == c->n ? GATE_MORE : GATE_OK;
}

static enum gate_verdict read_byte(struct cursor *c, char want)
{
    if (c->at == c->n)
        return GATE_MORE;
    if (c->p[c->at] != want)
        return GATE_BAD;
    c->at++;
    return GATE_OK;
}

static enum gate_verdict read_line_end(struct cursor *c, struct gate_marks m)
{
    enum gate_verdict v = read_byte(c, m.cr);
    return v == GATE_OK ? read_byte(c, m.lf) : v;
}

static void trim(struct span *s)
{
    while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
        s->p++, s->n--;
    while (s->n && (s->p[s->n - 1] == ' ' || s->p[s->n - 1] == '\t'))
        s->n--;
}

static enum gate_verdict read_field(struct cursor *c, struct gate_marks m, struct gate_field *f)
{
    enum gate_verdict v = read_run(c, gate_token_char, &f->name);
    if (v != GATE_OK)
        return v;
    // A line that starts with white space (a folded one) has no name and is refused here, as is
    // white space before the colon.
    if (!f->name.n)
        return GATE_BAD;
    v = read_byte(c, m.colon);
    if (v != GATE_OK)
        return v;
    v = read_run(c, value_char, &f->value);
    trim(&f->value);
    return v == GATE_OK ? read_line_end(c, m) : v;
}

static enum gate_verdict parse_fields(struct cursor *c, struct gate_marks m, struct gate_head *head)
{
    head->n_fields = 0;
    for (;;) {
        if (c->at == c->n)
            return GATE_MORE;
        if (c->p[c->at] == m.cr) {
            enum gate_verdict v = read_line_end(c, m);
            head->size = c->at;
            return v;
        }
        if (head->n_fields == GATE_FIELDS_MAX)
            return GATE_LARGE;
        enum gate_verdict v = read_field(c, m, &head->fields[head->n_fields]);
        if (v != GATE_OK)
            return v;
        head->n_fields++;
    }
}

enum gate_verdict gate_parse_fields(const char *p, size_t n, struct gate_marks marks,
                                    struct gate_head *head)
{
    struct cursor c = {p, n, 0};
    return parse_fields(&c, marks, head);
}

static bool target_char(char c)
{
    return c > 0x20 && c < 0x7f; // a target is visible ASCII; all else must be percent-encoded
}

static enum gate_verdict read_word(struct cursor *c, const char *word)
{
    for (; *word; word++) {
        enum gate_verdict v = read_byte(c, *word);
        if (v != GATE_OK)
            return v;
    }
    return GATE_OK;
}

static enum gate_verdict parse_request_line(struct cursor *c, struct gate_head *head)
{
    enum gate_verdict v = read_run(c, gate_token_char, &head->method);
    if (v != GATE_OK)
        return head->method.n > 16 ? GATE_BAD : v;
    v = read_byte(c, ' ');
    if (v == GATE_OK)
        v = read_run(c, target_char, &head->target);
    if (head->target.n > GATE_TARGET_MAX)
        return GATE_LONG_URI;
    if (v == GATE_OK)
        v = read_word(c, " HTTP/1.");
    if (v != GATE_OK)
        return v;
    if (c->at == c->n)
        return GATE_MORE;
    char minor = c->p[c->at++];
    if (minor != '0' && minor != '1')
        return GATE_BAD;
    head->minor = minor - '0';
    return read_line_end(c, gate_marks_wire);
}

enum gate_verdict gate_parse(const char *p, size_t n, struct gate_head *ret)
{
    memset(ret, 0, offsetof(struct gate_head, fields));
    ret->n_fields = ret->size = 0;
    struct cursor c = {p, n < GATE_HEAD_MAX ? n : GATE_HEAD_MAX, 0};
    enum gate_verdict v = parse_request_line(&c, ret);
    if (v == GATE_OK)
        v = parse_fields(&c, gate_marks_wire, ret);
    return v == GATE_MORE && n >= GATE_HEAD_MAX ? GATE_LARGE : v;
}

static bool method_known(struct span m)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (m.n == strlen(known[i]) && memcmp(m.p, known[i], m.n) == 0)
            return true;
    return false;
}

enum gate_verdict gate_check_target(struct span t)
{
    if (t.n > GATE_TARGET_MAX)
        return GATE_LONG_URI;
    if (!t.n || t.p[0] != '/') // absolute form, authority form and "*" end here
        return GATE_BAD;
    for (size_t i = 0; i < t.n; i++) {
        if (!target_char(t.p[i]) || strchr("\"<>\\^`{|}#", t.p[i]))
            return GATE_BAD;
        if (t.p[i] == '%') {
            if (i + 2 >= t.n || gate_hex(t.p[i + 1]) < 0 || gate_hex(t.p[i + 2]) < 0)
                return GATE_BAD;
            if (t.p[i + 1] == '0' && t.p[i + 2] == '0')
                return GATE_BAD;
        }
    }
    char path[GATE_TARGET_MAX + 1];
    return gate_decode_path(t, path) ? GATE_OK : GATE_BAD;
}

static bool segment_ok(const char *p, size_t n, bool last)
{
    if (!n)
        return last; // "/" itself and a closing slash, never "//"
    return !(n == 1 && p[0] == '.') && !(n == 2 && p[0] == '.' && p[1] == '.');
}

static bool segments_ok(const char *path, size_t n)
{
    size_t from = 1;
    for (size_t i = 1; i <= n; i++)
        if (i == n || path[i] == '/') {
            if (!segment_ok(path + from, i - from, i == n))
                return false;
            from = i + 1;
        }
    return true;
}

bool gate_decode_path(struct span t, char *out)
{
    size_t n = 0;
    if (!t.n || t.p[0] != '/')
        return false;
    for (size_t i = 0; i < t.n && t.p[i] != '?'; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c == '%') {
            int hi = i + 2 < t.n ? gate_hex(t.p[i + 1]) : -1;
            int lo = hi >= 0 ? gate_hex(t.p[i + 2]) : -1;
            if (lo < 0)
                return false;
            c = (unsigned char)(hi * 16 + lo);
            i += 2;
            if (c == '/' || c == '\\')
                return false;
        }
        if (c < 0x20 || c == 0x7f)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return utf8_ok(out, n) && segments_ok(out, n);
}

// Letters, digits, dots and hyphens with an optional port, or an address in brackets.
static bool host_ok(struct span h)
{
    size_t i = 0;
    if (h.n && h.p[0] == '[') {
        for (i = 1; i < h.n && (gate_hex(h.p[i]) >= 0 || h.p[i] == ':' || h.p[i] == '.'); i++)
            ;
        if (i < 3 || i == h.n || h.p[i] != ']')
            return false;
        i++;
    } else {
        while (i < h.n && h.p[i] != ':' &&
               (gate_token_char(h.p[i]) && !strchr("!#$%&'*+^`|~", h.p[i])))
            i++;
        if (!i)
            return false;
    }
    if (i == h.n)
        return h.n <= 255;
    if (h.p[i++] != ':' || i == h.n || h.n - i > 5)
        return false;
    while (i < h.n && h.p[i] >= '0' && h.p[i] <= '9')
        i++;
    return i == h.n && h.n <= 255;
}

static bool length_parse(struct span v, uint64_t *ret)
{
    if (!v.n || v.n > 18) // 18 digits cannot overflow
        return false;
    uint64_t total = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        total = total * 10 + (uint64_t)(v.p[i] - '0');
    }
    *ret = total;
    return true;
}

static bool list_has(struct span list, const char *word)
{
    size_t from = 0;
    for (size_t i = 0; i <= list.n; i++)
        if (i == list.n || list.p[i] == ',') {
            struct span item = {list.p + from, i - from};
            trim(&item);
            if (span_is(item, word))
                return true;
            from = i + 1;
        }
    return false;
}

static bool field_check(const struct gate_field *f, struct gate_facts *facts, bool *keep)
{
    if (span_is(f->name, "Host")) {
        if (facts->host.p || !host_ok(f->value))
            return false;
        facts->host = f->value;
    } else if (span_is(f->name, "Content-Length")) {
        if (facts->has_length || !length_parse(f->value, &facts->length))
            return false;
        facts->has_length = true;
    } else if (span_is(f->name, "Transfer-Encoding")) {
        return false; // clients send lengths: no chunk parser, nothing to disagree about
    } else if (span_is(f->name, "Expect")) {
        if (facts->expects || !span_is(f->value, "100-continue"))
            return false;
        facts->expects = true;
    } else if (span_is(f->name, "Connection")) {
        facts->wants_close = facts->wants_close || list_has(f->value, "close");
        *keep = *keep || list_has(f->value, "keep-alive");
    }
    return true;
}

enum gate_verdict gate_check(const struct gate_head *head, struct gate_facts *ret)
{
    struct gate_facts facts = {0};
    bool keep = false;
    if (!method_known(head->method))
        return GATE_BAD;
    enum gate_verdict v = gate_check_target(head->target);
    if (v != GATE_OK)
        return v;
    for (size_t i = 0; i < head->n_fields; i++)
        if (!field_check(&head->fields[i], &facts, &keep))
            return GATE_BAD;
    if (!facts.host.p)
        return GATE_BAD;
    if (head->minor == 0 && !keep)
        facts.wants_close = true;
    *ret = facts;
    return GATE_OK;
}
