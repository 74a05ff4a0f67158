// SPDX-License-Identifier: MIT
// What compiled templates print: each place in HTML with hostile text, and the layout and assets.
#include "web/ui/html.h"

#include "escape.gen.h"
#include "test.h"
#include "web/ui/assets.h"
#include "web/ui/page.h"
#include "web/templates.gen.h"

#include <limits.h>

#define HOSTILE "</p><script>x=\"'`&\\</script>"
#define HOSTILE_ESCAPED "&lt;/p&gt;&lt;script&gt;x=&quot;&#39;&#96;&amp;&#92;&lt;/script&gt;"

static struct arena *arena;

static struct buf *fresh(void)
{
    static struct buf out;
    if (!arena)
        arena = arena_new();
    arena_reset(arena);
    buf_init(&out, arena);
    return &out;
}

#define CHECK_HTML(TEMPLATE, ARGUMENT, WANT)                                                       \
    do {                                                                                           \
        struct buf *out_ = fresh();                                                                \
        TEMPLATE(out_, ARGUMENT);                                                                  \
        CHECK_STR(out_->p, WANT);                                                                  \
    } while (0)

TEST(text_and_attributes_are_escaped)
{
    CHECK_HTML(tpl_esc_text, HOSTILE, "<p>" HOSTILE_ESCAPED "</p>");
    CHECK_HTML(tpl_esc_attr, HOSTILE, "<p title=\"a " HOSTILE_ESCAPED " b\">c</p>");
    CHECK_HTML(tpl_esc_text, NULL, "<p></p>");
    CHECK_HTML(tpl_esc_text, "O\u2019Brien \U0001F600 \u05D0",
               "<p>O\u2019Brien \U0001F600 \u05D0</p>");
    CHECK_HTML(tpl_esc_more, "x\" y", "<p class=\"a x&quot; y\">b</p>");
    CHECK_HTML(tpl_esc_more, "", "<p class=\"a\">b</p>");
    CHECK_HTML(tpl_esc_more, NULL, "<p class=\"a\">b</p>");
}

TEST(textarea_keeps_a_first_line_break)
{
    CHECK_HTML(tpl_esc_textarea, "\nx</textarea>",
               "<textarea name=\"note\">\n\nx&lt;/textarea&gt;</textarea>");
    CHECK_HTML(tpl_esc_textarea, "  x\n", "<textarea name=\"note\">  x\n</textarea>");
}

TEST(urls_of_other_schemes_become_a_fragment)
{
    static const char *const refused[] = {
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "file:///etc/passwd",
        "blob:x",
        "x\n:y",
        ":x",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        CHECK_HTML(tpl_esc_url, refused[i], "<a href=\"#\">a</a>");
}

TEST(urls_that_may_be_printed)
{
    static const char *const allowed[] = {
        "/participants/PX12345A",
        "#main-content",
        "contacts/new",
        "?page=2",
        "https://example.org/a",
        "HTTP://example.org",
        "mailto:a@example.org",
        "tel:+441161234567",
        "/a?next=http://b:80/",
        "a/b:c",
        "",
    };
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        char want[100];
        snprintf(want, sizeof want, "<a href=\"%s\">a</a>", allowed[i]);
        CHECK_HTML(tpl_esc_url, allowed[i], want);
    }
    CHECK_HTML(tpl_esc_url, "/a?b=1&c=\"2", "<a href=\"/a?b=1&amp;c=&quot;2\">a</a>");
}

TEST(parts_of_urls_are_percent_encoded)
{
    CHECK_HTML(tpl_esc_part, "a b&c=d/\"\u00e9#",
               "<a href=\"/find?q=a%20b%26c%3Dd%2F%22%C3%A9%23&amp;page=2\">a</a>");
    CHECK_HTML(tpl_esc_part, "Az09-._~", "<a href=\"/find?q=Az09-._~&amp;page=2\">a</a>");
}

TEST(json_stays_in_its_attribute)
{
    CHECK_HTML(
        tpl_esc_json, "a\"b'</p>\n\\",
        "<p data-value=\"[&quot;a\\u0022b&#39;\\u003c/p&gt;\\u000a\\u005c&quot;,-5]\">a</p>");
    CHECK_HTML(tpl_esc_json, NULL, "<p data-value=\"[null,-5]\">a</p>");
}

TEST(attributes_that_could_do_harm_are_left_out)
{
    const struct attr list[] = {
        {"data-a", "\"x"}, {"onclick", "go()"},  {"style", "x"}, {"href", "x"},
        {"SRC", "x"},      {"a b", "x"},         {"", "x"},      {"src", "x"},
        {"a>", "x"},       {"aria-label", NULL}, {NULL, NULL}};
    CHECK_HTML(tpl_esc_attrs, list, "<p data-a=\"&quot;x\" aria-label=\"\">a</p>");
    CHECK_HTML(tpl_esc_attrs, NULL, "<p>a</p>");
}

TEST(numbers_are_whole)
{
    CHECK_HTML(tpl_esc_int, 0, "<p>0</p>");
    CHECK_HTML(tpl_esc_int, LLONG_MIN, "<p>-9223372036854775808</p>");
    CHECK_HTML(tpl_esc_int, LLONG_MAX, "<p>9223372036854775807</p>");
}

TEST(conditions_loops_and_blocks)
{
    const char *list[] = {"a<", "b", NULL};
    struct buf *out = fresh();
    tpl_esc_flow(out, list, 3, true);
    CHECK_STR(out->p, "<ul class=\"on\">\n<li>a&lt;</li>\n<li><b>b</b></li>\n<li>none</li>\n</ul>");
    out = fresh();
    tpl_esc_flow(out, list, 0, false);
    CHECK_STR(out->p, "<ul hidden>\n</ul>");
    CHECK_HTML(tpl_esc_block, "\"<", "<p><b title=\"&quot;&lt;\"><i>&quot;&lt;</i></b></p>");
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static const struct page *signed_in_page(void)
{
    static const struct ui_nav_item nav[] = {{.text = "Home", .href = "/", .current = true},
                                             {.text = "People", .href = "/participants"}};
    static const struct page page = {
        .title = "Record a <contact>",
        .error = true,
        .nav = {nav, 2},
        .user_name = "Sam O'Neil",
        .user_role = "Navigator",
        .csrf = "token\"",
        .crumbs = {{.text = "Home", .href = "/"}, {.text = "Jo Bloggs"}},
        .n_crumbs = 2,
        .flash = "Contact saved",
        .idle_minutes = 20,
    };
    return &page;
}

TEST(the_layout_says_where_one_is_and_escapes)
{
    struct buf *out = fresh();
    struct html main_part = html_made("<h1>x</h1>", 10);
    tpl_layout(out, signed_in_page(), main_part);
    CHECK(strstr(out->p, "<!DOCTYPE html>\n<html lang=\"en\" class=\"govuk-template\">") == out->p);
    CHECK_INT(
        count(out->p, "<title>Error: Record a &lt;contact&gt; - Phoenix case management</title>"),
        1);
    CHECK_INT(count(out->p, "<main class=\"govuk-main-wrapper\" id=\"main-content\">"), 1);
    CHECK_INT(count(out->p, "<h1>x</h1>"), 1);
    CHECK_INT(count(out->p, "href=\"#main-content\""), 1);
    CHECK_INT(count(out->p, "Sam O&#39;Neil"), 1);
    CHECK_INT(count(out->p, "name=\"csrf\" value=\"token&quot;\""), 1);
    CHECK_INT(count(out->p, "data-idle-minutes=\"20\""), 1);
    CHECK_INT(count(out->p, "Contact saved"), 1);
    CHECK_INT(count(out->p, "aria-label=\"Breadcrumb\""), 1);
    CHECK_INT(count(out->p, " style="), 0);
    CHECK_INT(count(out->p, "<script"), count(out->p, "></script>"));
    CHECK_INT(count(out->p, "src=\"#\"") + count(out->p, "rel=\"stylesheet\" href=\"#\""), 0);
}

TEST(nobody_signed_in_has_no_menu_and_no_time_out)
{
    struct buf *out = fresh();
    tpl_layout(out, &(struct page){.title = "Sign in", .service_name = "Phoenix"},
               (struct html){0});
    CHECK_INT(count(out->p, "<title>Sign in - Phoenix</title>"), 1);
    CHECK_INT(count(out->p, "sign-out"), 0);
    CHECK_INT(count(out->p, "data-idle-minutes"), 0);
    CHECK_INT(count(out->p, "<nav"), 0);
}

static const struct asset *named(const char *name)
{
    for (size_t i = 0; i < assets_count; i++)
        if (strcmp(assets_all[i].name, name) == 0)
            return &assets_all[i];
    return NULL;
}

static bool holds(const struct asset *a, const char *text)
{
    return memmem(a->bytes, a->length, text, strlen(text)) != NULL;
}

TEST(assets_are_found_by_their_hashed_names)
{
    for (size_t i = 0; i < assets_count; i++) {
        const struct asset *a = &assets_all[i];
        CHECK(a->length > 0 && a->etag[0] == '"' && a->type[0]);
        CHECK(asset_find(a->file) == a);
        CHECK_STR(asset_url(a->name), a->path);
        CHECK(strcmp(a->path + strlen("/assets/"), a->file) == 0);
        CHECK(!a->gzip || (a->gzip_length < a->length && a->gzip[0] == 0x1f && a->gzip[1] == 0x8b));
    }
    CHECK(asset_find("app.css") == NULL);
    CHECK(asset_find("") == NULL);
    CHECK_STR(asset_url("nothing.css"), "#");
}

TEST(the_style_sheet_has_no_borrowed_marks)
{
    const struct asset *css = named("app.css");
    CHECK_FATAL(css != NULL);
    static const char *const marks[] = {"@font-face", "GDS Transport", "crest",  "crown", "woff",
                                        "@import",    "url(http",      "url(//", "data:"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        CHECK(!holds(css, marks[i]));
    CHECK(holds(css, ".govuk-button") && holds(css, ".moj-timeline") && holds(css, ".app-status"));
}

TEST(scripts_name_each_other_by_hash_and_keep_nothing)
{
    const struct asset *js = named("app.js");
    CHECK_FATAL(js != NULL);
    CHECK(holds(js, asset_url("govuk-frontend.js")) && holds(js, asset_url("moj-frontend.js")));
    CHECK(!holds(js, "asset(") && !holds(js, "localStorage") && !holds(js, "sessionStorage") &&
          !holds(js, "indexedDB"));
}

TESTS("html", T(text_and_attributes_are_escaped), T(textarea_keeps_a_first_line_break),
      T(urls_of_other_schemes_become_a_fragment), T(urls_that_may_be_printed),
      T(parts_of_urls_are_percent_encoded), T(json_stays_in_its_attribute),
      T(attributes_that_could_do_harm_are_left_out), T(numbers_are_whole),
      T(conditions_loops_and_blocks), T(the_layout_says_where_one_is_and_escapes),
      T(nobody_signed_in_has_no_menu_and_no_time_out), T(assets_are_found_by_their_hashed_names),
      T(the_style_sheet_has_no_borrowed_marks), T(scripts_name_each_other_by_hash_and_keep_nothing))
