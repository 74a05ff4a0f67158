// SPDX-License-Identifier: MIT
#include "web/ui/components.h"

const char *ui_join(struct arena *a, const char *first, const char *second)
{
    return arena_printf(a, "%s%s", first ? first : "", second ? second : "");
}

const char *ui_described_by(struct arena *a, const char *base, const char *id, bool hint,
                            bool error)
{
    if (!given(base) && !hint && !error)
        return NULL;
    struct buf b;
    buf_init(&b, a);
    if (given(base))
        buf_puts(&b, base);
    if (hint)
        buf_printf(&b, "%s%s-hint", b.n ? " " : "", id);
    if (error)
        buf_printf(&b, "%s%s-error", b.n ? " " : "", id);
    return b.p;
}

const char *ui_choice_id(struct arena *a, const char *prefix, const struct ui_choice *item,
                         size_t i)
{
    if (given(item->id))
        return item->id;
    return i ? arena_printf(a, "%s-%zu", prefix, i + 1) : prefix;
}

bool ui_choice_checked(const struct ui_choice *item, const struct ui_values *values)
{
    if (item->checked != UI_UNSAID)
        return item->checked == UI_YES;
    for (size_t i = 0; i < values->n; i++)
        if (values->at[i] && item->value && strcmp(values->at[i], item->value) == 0)
            return true;
    return false;
}

static const char *value_of(const struct attr *list, const char *name)
{
    for (; list && list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list->value;
    return NULL;
}

static const char *capitalise(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);
    for (char *p = copy; *p; p++)
        if (p == copy ? *p >= 'a' && *p <= 'z' : *p >= 'A' && *p <= 'Z')
            *p ^= 0x20;
    return copy;
}

struct date_part {
    const char *name;
    const struct ui_date_item *item; // what the caller says about day, month or year
    int width;
};

// What the caller says of an item falls back on what they say of the day, month or year it is.
static const struct date_part *date_part_of(const struct date_part parts[3],
                                            const struct ui_date_item *item)
{
    for (int i = 0; i < 3; i++) {
        const char *given_name = parts[i].item->name;
        if (item == parts[i].item)
            return &parts[i];
        if (item->name && (strcmp(item->name, parts[i].name) == 0 ||
                           (given_name && strcmp(item->name, given_name) == 0)))
            return &parts[i];
    }
    return NULL;
}

static bool has_class(const struct ui_date_item *item, const char *part)
{
    return item->classes && strstr(item->classes, part);
}

static bool date_item_in_error(const struct ui_date_item *item)
{
    return item->error == UI_YES || has_class(item, "govuk-input--error");
}

static const char *date_classes(struct arena *a, const struct ui_date_item *item, int width,
                                bool mark_error)
{
    struct buf b;
    buf_init(&b, a);
    buf_puts(&b, "govuk-date-input__input");
    if (mark_error)
        buf_puts(&b, " govuk-input--error");
    if (!has_class(item, "govuk-input--width-"))
        buf_printf(&b, " govuk-input--width-%d", width);
    if (given(item->classes))
        buf_printf(&b, " %s", item->classes);
    return b.p;
}

static struct ui_input date_field(struct arena *a, const struct ui_date_input *v,
                                  const struct date_part parts[3], const struct ui_date_item *item,
                                  bool any_error)
{
    const struct date_part *part = date_part_of(parts, item);
    const char *name = item->name ? item->name : part ? part->name : "";
    const char *prefixed =
        given(v->name_prefix) ? arena_printf(a, "%s-%s", v->name_prefix, name) : name;
    const char *value = item->value;
    if (!value && part)
        value = part->item->value;
    if (!value)
        value = value_of(v->values, prefixed);
    bool in_error = date_item_in_error(item);
    bool mark = !has_class(item, "govuk-input--error") &&
                (in_error || (item->error != UI_NO && ui_has(v->error_message) && !any_error));
    return (struct ui_input){
        .label = {.text = given(item->label) ? item->label : capitalise(a, name),
                  .classes = "govuk-date-input__label"},
        .id = given(item->id) ? item->id : arena_printf(a, "%s-%s", v->id ? v->id : "", name),
        .classes = date_classes(a, item, part ? part->width : 2, mark),
        .name = prefixed,
        .value = value,
        .inputmode = given(item->inputmode) ? item->inputmode : "numeric",
        .autocomplete = item->autocomplete,
        .pattern = item->pattern,
        .attributes = item->attributes,
    };
}

size_t ui_date_fields(struct arena *a, const struct ui_date_input *v, struct ui_input *ret_fields,
                      size_t max)
{
    const struct date_part parts[3] = {
        {"day", &v->day, 2}, {"month", &v->month, 2}, {"year", &v->year, 4}};
    const struct ui_date_item *items[8];
    size_t n = 0;
    for (size_t i = 0; i < v->items.n && n < sizeof items / sizeof items[0]; i++)
        items[n++] = &v->items.at[i];
    for (size_t i = 0; !v->items.n && i < 3; i++)
        if (!parts[i].item->omitted)
            items[n++] = parts[i].item;
    bool any_error = false;
    for (size_t i = 0; i < n; i++)
        any_error |= date_item_in_error(items[i]);
    if (n > max)
        n = max;
    for (size_t i = 0; i < n; i++)
        ret_fields[i] = date_field(a, v, parts, items[i], any_error);
    if (v->first_takes_id && n)
        ret_fields[0].id = v->id;
    return n;
}

// A list of attributes being made. The room is for every word an option struct has.
struct attr_list {
    struct arena *arena;
    struct attr *at;
    size_t n, cap;
};

static void attr_add(struct attr_list *l, const char *name, const char *value)
{
    if (l->n + 1 >= l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct attr *more = ARENA_ARRAY(l->arena, struct attr, cap);
        if (l->n)
            memcpy(more, l->at, l->n * sizeof *more);
        l->at = more;
        l->cap = cap;
    }
    l->at[l->n++] = (struct attr){name, value};
}

static void attr_add_words(struct attr_list *l, const char *key, const char *message)
{
    if (given(message))
        attr_add(l, arena_printf(l->arena, "data-i18n.%s", key), message);
}

static void attr_add_plural(struct attr_list *l, const char *key, const struct attr *messages)
{
    for (; messages && messages->name; messages++)
        attr_add(l, arena_printf(l->arena, "data-i18n.%s.%s", key, messages->name),
                 messages->value);
}

static void attr_add_all(struct attr_list *l, const struct attr *list)
{
    for (; list && list->name; list++)
        attr_add(l, list->name, list->value);
}

const struct attr *ui_password_attrs(struct arena *a, const struct ui_password_input *v)
{
    struct attr_list l = {.arena = a};
    attr_add(&l, "data-module", "govuk-password-input");
    attr_add_words(&l, "show-password", v->show_password_text);
    attr_add_words(&l, "hide-password", v->hide_password_text);
    attr_add_words(&l, "show-password-aria-label", v->show_password_aria_label_text);
    attr_add_words(&l, "hide-password-aria-label", v->hide_password_aria_label_text);
    attr_add_words(&l, "password-shown-announcement", v->password_shown_announcement_text);
    attr_add_words(&l, "password-hidden-announcement", v->password_hidden_announcement_text);
    attr_add_all(&l, v->form_group.attributes);
    return l.at;
}

static const char *count_type(const struct ui_character_count *v)
{
    return given(v->count_type) ? v->count_type : given(v->maxwords) ? "words" : NULL;
}

const struct attr *ui_count_attrs(struct arena *a, const struct ui_character_count *v)
{
    struct attr_list l = {.arena = a};
    attr_add(&l, "data-module", "govuk-character-count");
    if (v->maxlength)
        attr_add(&l, "data-maxlength", v->maxlength);
    if (v->maxwords)
        attr_add(&l, "data-maxwords", v->maxwords);
    if (v->threshold)
        attr_add(&l, "data-threshold", v->threshold);
    if (count_type(v))
        attr_add(&l, "data-count-type", count_type(v));
    if (!given(v->maxlength) && !given(v->maxwords) && given(v->textarea_description_text))
        attr_add(&l, "data-i18n.textarea-description.other", v->textarea_description_text);
    attr_add_plural(&l, "characters-under-limit", v->characters_under_limit_text);
    attr_add_words(&l, "characters-at-limit", v->characters_at_limit_text);
    attr_add_plural(&l, "characters-over-limit", v->characters_over_limit_text);
    attr_add_plural(&l, "words-under-limit", v->words_under_limit_text);
    attr_add_words(&l, "words-at-limit", v->words_at_limit_text);
    attr_add_plural(&l, "words-over-limit", v->words_over_limit_text);
    attr_add_all(&l, v->form_group.attributes);
    return l.at;
}

const struct attr *ui_upload_attrs(struct arena *a, const struct ui_file_upload *v)
{
    struct attr_list l = {.arena = a};
    attr_add_words(&l, "choose-files-button", v->choose_files_button_text);
    attr_add_words(&l, "no-file-chosen", v->no_file_chosen_text);
    attr_add_plural(&l, "multiple-files-chosen", v->multiple_files_chosen_text);
    attr_add_words(&l, "drop-instruction", v->drop_instruction_text);
    attr_add_words(&l, "entered-drop-zone", v->entered_drop_zone_text);
    attr_add_words(&l, "left-drop-zone", v->left_drop_zone_text);
    attr_add_all(&l, v->wrapper_attributes);
    return l.at;
}

const char *ui_count_description(struct arena *a, const struct ui_character_count *v)
{
    const char *limit = given(v->maxwords) ? v->maxwords : v->maxlength;
    if (!given(limit))
        return NULL;
    const char *type = count_type(v);
    const char *words = v->textarea_description_text;
    if (!given(words))
        words = type && strcmp(type, "words") == 0 ? "You can enter up to %{count} words"
                                                   : "You can enter up to %{count} characters";
    struct buf b;
    buf_init(&b, a);
    for (const char *mark; (mark = strstr(words, "%{count}")); words = mark + strlen("%{count}")) {
        buf_add(&b, words, (size_t)(mark - words));
        buf_puts(&b, limit);
    }
    buf_puts(&b, words);
    return b.p;
}

const char *ui_results_words(struct arena *a, const struct ui_results_pagination *v)
{
    const struct ui_results *r = &v->results;
    const char *term = r->text ? r->text : "results";
    if (v->items.n && given(r->from) && given(r->to))
        return given(r->count) ? arena_printf(a, "Showing %s to %s of %s total %s", r->from, r->to,
                                              r->count, term)
                               : arena_printf(a, "Showing %s %s to %s", term, r->from, r->to);
    return given(r->count) ? arena_printf(a, "%s total %s", r->count, term) : NULL;
}

const char *ui_alert_variant(const char *v)
{
    static const char *const variants[] = {"success", "warning", "error"};
    for (size_t i = 0; v && i < sizeof variants / sizeof variants[0]; i++)
        if (strcmp(variants[i], v) == 0)
            return variants[i];
    return "information";
}
