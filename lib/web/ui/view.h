// SPDX-License-Identifier: MIT
// What page handlers share: decoding forms through field tables, showing them again with errors, and
// putting a page in the layout. What a flash message says is in flash.def. A handler is thin: decode,
// call the domain, fill a view struct, render.
#pragma once

#include "http/route.h"
#include "web/ui/components.h" // component option structs
#include "web/handlers.h"
#include "web/ui/page.h"       // struct page, layout
#include "web/templates.gen.h"

/** Decodes the form body through the body's table of the request's route, collecting field errors. The
 *  record is zeroed by the caller, and of the struct that the table describes: another one stops the
 *  program. A date field takes NAME or NAME-day, NAME-month and NAME-year; a time field takes NAME, or one of those
 *  two ways of
 *  giving the day and NAME-time, both local (the day alone is NAME-date then). What was typed stays
 *  available to form_value(). ERR_INVALID if anything is wrong. */
#define web_form(r, ret_record) web_form_sized((r), (ret_record), sizeof(*(ret_record)))
enum err web_form_sized(struct request *r, void *ret_record, size_t size) MUST_CHECK;

/** The value to show in a form field: what was typed if the form was posted, else `stored`. */
const char *form_value(const struct request *r, const char *name, const char *stored);
/** True if the code is among the posted (or else stored array text) values: radios and checkboxes. */
bool form_checked(const struct request *r, const char *name, const char *code, const char *stored);
/** The error message of a field, or NULL. */
const char *form_error(const struct request *r, const char *name);
/** The hidden fields of every form: csrf and (for ROUTE_CREATES) client_ref, which stays the same when
 *  the form is shown again, so that pressing twice saves once. Safe HTML. */
struct html form_hidden(struct request *r);
/** The error summary linking to the fields (ids: the field name; first item of a group NAME), or empty. */
struct html form_error_summary(struct request *r);
/** Items of a vocabulary with the chosen ones marked, for radios and checkboxes:
 *  `.items = form_choices(r, "mode", "mode", NULL)`. */
struct ui_choices form_choices(struct request *r, const char *vocab, const char *name,
                               const char *stored);

/** A date in the three boxes of a date input; all NULL when there is none. */
struct date_boxes {
    const char *day, *month, *year;
};
struct date_boxes form_date_boxes(struct arena *a, const char *iso);

/** Starts a page: signed-in user, navigation of the role, csrf, flash, breadcrumbs to be added. Pass it
 *  to the page's template, which calls the layout. When the form had errors the title gets "Error: ". */
struct page *web_page(struct request *r, struct response *res, const char *title);
void page_crumb(struct page *p, const char *text, const char *href);
/** Navigation of the role, from one table (nav.c). */
struct ui_nav_items nav_items(struct request *r);
/** "Team lead" */
const char *role_words(enum role role);

/** Page for an error (404 the same bytes for invisible and absent). Expired session on POST: the sign-in
 *  page carrying the typed form sealed to its user. */
void web_error(struct request *r, enum err e, struct response *res);
/** After a POST that creates: replay redirects to the stored location; other errors pass through. */
enum err web_replay(struct request *r, struct response *res, enum err e);
