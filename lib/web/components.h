// SPDX-License-Identifier: MIT
// Options of the component templates (templates/components/). The names follow the GOV.UK
// and MoJ Nunjucks options: camelCase becomes snake_case, `for` becomes for_id, and lists are
// {items, count} made with UI_LIST(). Everything is optional unless said; {0} is the default.
// Wherever there are both `text` and `html`, text is escaped and html is another template's
// output. The structs own nothing.
#pragma once

#include "web/html.h"

static inline bool given(const char *s)
{
    return s && *s;
}
#define ui_has(x) (given((x).text) || (x).html.n > 0)

/** A list option: `.items = UI_LIST(ui_choice, {.value = "a", .text = "A"}, {...})`. */
#define UI_LIST(TYPE, ...)                                                                         \
    {(const struct TYPE[]){__VA_ARGS__},                                                           \
     sizeof((const struct TYPE[]){__VA_ARGS__}) / sizeof(struct TYPE)}

/** For options where "not said" differs from false. */
enum ui_said { UI_UNSAID, UI_YES, UI_NO };

struct ui_label {
    const char *text;
    struct html html;
    const char *classes; // "govuk-label--l"
    bool is_page_heading;
    const char *for_id; // filled in by the field's own template
    const struct attr *attributes;
};

struct ui_hint {
    const char *text;
    struct html html;
    const char *id; // filled in by the field's own template
    const char *classes;
    const struct attr *attributes;
};

/** Shown when text (or html) is given: `.error_message = {.text = page_error(p, "name")}`. */
struct ui_error_message {
    const char *text;
    struct html html;
    const char *id; // filled in by the field's own template
    const char *classes;
    const char *visually_hidden_text; // NULL says "Error", "" says nothing
    const struct attr *attributes;
};

struct ui_form_group {
    const char *classes;
    const struct attr *attributes;
};

struct ui_legend {
    const char *text;
    struct html html;
    const char *classes; // "govuk-fieldset__legend--m"
    bool is_page_heading;
};

struct ui_fieldset {
    struct ui_legend legend;
    const char *described_by;
    const char *classes;
    const char *role;
    struct html html; // the content
    const struct attr *attributes;
};

struct ui_back_link {
    const char *text; // NULL says "Back"
    struct html html;
    const char *href;
    const char *classes;
    const struct attr *attributes;
};

struct ui_crumb {
    const char *text;
    struct html html;
    const char *href; // NULL: the page itself
    const struct attr *attributes;
};

struct ui_crumbs {
    const struct ui_crumb *at;
    size_t n;
};

struct ui_breadcrumbs {
    struct ui_crumbs items;
    bool collapse_on_mobile;
    const char *classes;
    const char *label_text; // NULL says "Breadcrumb"
    const struct attr *attributes;
};

struct ui_button {
    const char *text;
    struct html html;
    const char *href; // makes a link that looks like a button
    const char *name, *value, *id;
    const char *type; // NULL is "submit"
    const char *classes; // "govuk-button--secondary", "govuk-button--warning"
    bool disabled;
    bool is_start_button;
    enum ui_said prevent_double_click; // UI_YES on every form that stores something
    const struct attr *attributes;
};

struct ui_choice {
    const char *value;
    const char *text;
    struct html html;
    const char *id;   // NULL makes one of the name and the number
    const char *name; // checkboxes only; NULL takes the list's
    struct ui_hint hint;
    struct ui_label label; // classes and attributes only
    const char *divider;   // "or": the item is only this
    struct html conditional;
    const char *behaviour; // checkboxes: "exclusive"
    enum ui_said checked;
    bool disabled;
    const struct attr *attributes;
};

struct ui_choices {
    const struct ui_choice *at;
    size_t n;
};

struct ui_values {
    const char *const *at;
    size_t n;
};

struct ui_radios {
    const char *name;
    const char *id_prefix; // NULL takes the name; the first item's id is this alone
    struct ui_fieldset fieldset;
    struct ui_hint hint;
    struct ui_error_message error_message;
    struct ui_form_group form_group;
    struct ui_choices items;
    const char *value;   // of the item that is checked
    const char *classes; // "govuk-radios--inline", "govuk-radios--small"
    const struct attr *attributes;
};

struct ui_checkboxes {
    const char *name;
    const char *id_prefix;
    const char *described_by;
    struct ui_fieldset fieldset;
    struct ui_hint hint;
    struct ui_error_message error_message;
    struct ui_form_group form_group;
    struct ui_choices items;
    struct ui_values values; // of the items that are checked
    const char *classes;
    const struct attr *attributes;
};

struct ui_affix {
    const char *text;
    struct html html;
    const char *classes;
    const struct attr *attributes;
};

struct ui_input_wrapper {
    const char *classes;
    const struct attr *attributes;
};

struct ui_input {
    const char *name;
    const char *id; // NULL takes the name
    const char *type; // NULL is "text"
    const char *value;
    struct ui_label label;
    struct ui_hint hint;
    struct ui_error_message error_message;
    struct ui_form_group form_group;
    struct ui_affix prefix, suffix;
    struct ui_input_wrapper input_wrapper;
    const char *classes; // "govuk-input--width-5"
    const char *described_by;
    const char *autocomplete, *autocapitalize, *inputmode, *pattern;
    enum ui_said spellcheck;
    bool disabled;
    const struct attr *attributes;
};

struct ui_textarea {
    const char *name;
    const char *id;
    const char *value;
    int rows; // 0 is 5
    struct ui_label label;
    struct ui_hint hint;
    struct ui_error_message error_message;
    struct ui_form_group form_group;
    const char *classes;
    const char *described_by;
    const char *autocomplete;
    enum ui_said spellcheck;
    bool disabled;
    const struct attr *attributes;
};

struct ui_error {
    const char *text;
    struct html html;
    const char *href; // "#id-of-the-field"
    const struct attr *attributes;
};

struct ui_errors {
    const struct ui_error *at;
    size_t n;
};

struct ui_error_summary {
    const char *title_text; // give "There is a problem"
    struct html title_html;
    const char *description_text;
    struct html description_html;
    struct ui_errors error_list;
    enum ui_said disable_auto_focus;
    const char *classes;
    const struct attr *attributes;
};

struct ui_action {
    const char *href;
    const char *text;
    struct html html;
    const char *visually_hidden_text;
    const char *classes;
    const struct attr *attributes;
};

struct ui_action_items {
    const struct ui_action *at;
    size_t n;
};

struct ui_actions {
    struct ui_action_items items;
    const char *classes;
};

struct ui_cell_text {
    const char *text;
    struct html html;
    const char *classes;
};

struct ui_summary_row {
    struct ui_cell_text key, value;
    struct ui_actions actions;
    const char *classes;
};

struct ui_summary_rows {
    const struct ui_summary_row *at;
    size_t n;
};

struct ui_card_title {
    const char *text;
    struct html html;
    const char *classes;
    int heading_level; // 0 is 2
};

struct ui_card {
    struct ui_card_title title;
    struct ui_actions actions;
    const char *classes;
    const struct attr *attributes;
};

struct ui_summary_list {
    struct ui_summary_rows rows;
    struct ui_card card; // drawn when it has a title or actions
    const char *classes; // "govuk-summary-list--no-border"
    const struct attr *attributes;
};

struct ui_cell {
    const char *text;
    struct html html;
    const char *format; // "numeric"
    const char *classes;
    int colspan, rowspan;
    const struct attr *attributes;
};

struct ui_cells {
    const struct ui_cell *at;
    size_t n;
};

struct ui_table_rows {
    const struct ui_cells *at;
    size_t n;
};

struct ui_table {
    const char *caption;
    const char *caption_classes;
    struct ui_cells head;
    struct ui_table_rows rows; // a row is a struct ui_cells
    bool first_cell_is_header;
    const char *classes;
    const struct attr *attributes;
};

struct ui_tag {
    const char *text;
    struct html html;
    const char *classes; // "govuk-tag--green"
    const struct attr *attributes;
};

struct ui_skip_link {
    const char *text;
    struct html html;
    const char *href; // NULL is "#content"
    const char *classes;
    const struct attr *attributes;
};

struct ui_notification_banner {
    const char *text;
    struct html html;
    const char *type; // "success"
    const char *title_text;
    struct html title_html;
    const char *title_id;
    int title_heading_level; // 0 is 2
    const char *role;
    enum ui_said disable_auto_focus;
    const char *classes;
    const struct attr *attributes;
};

struct ui_nav_item {
    const char *text;
    struct html html;
    const char *href;
    bool current; // this page
    bool active;  // this section
    const struct attr *attributes;
};

struct ui_nav_items {
    const struct ui_nav_item *at;
    size_t n;
};

struct ui_slots {
    struct html start, navigation_start, navigation_end, end;
    bool end_inline;
};

struct ui_service_navigation {
    const char *service_name, *service_url;
    struct ui_nav_items navigation;
    enum ui_said collapse_navigation_on_mobile;
    const char *aria_label; // NULL says "Service information"
    const char *menu_button_text, *menu_button_label, *navigation_label;
    const char *navigation_classes, *navigation_id;
    struct ui_slots slots;
    const char *classes;
    const struct attr *attributes;
};

/** "base id-hint id-error" from what there is, or NULL. */
const char *ui_described_by(struct arena *a, const char *base, const char *id, bool hint,
                            bool error);

/** a followed by b; NULL counts as "". */
const char *ui_join(struct arena *a, const char *first, const char *second);

/** The id of item i (from 0) of a list of choices: the prefix, then prefix-2, prefix-3 ... */
const char *ui_choice_id(struct arena *a, const char *prefix, const struct ui_choice *item,
                         size_t i);

/** Whether a radio or checkbox is on: what it says itself, else whether its value is listed. */
bool ui_choice_checked(const struct ui_choice *item, const struct ui_values *values);
