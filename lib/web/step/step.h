// SPDX-License-Identifier: MIT
// What the pages of referrals and escalations share: a list with tabs and clocks, key details, the
// steps taken, and the steps that can be taken. Views live in the request's arena.
#pragma once

#include "http/route.h"

#include "web/person/header.h"
#include "web/ui/components.h"
#include "web/ui/page.h"

/** A row of a list. */
struct step_line {
    const char *href, *who, *ref; // who: the name, or the reference; ref beside a name, or NULL
    const char *what;             // service or trigger
    const char *with;             // provider or who raised it, or NULL
    const char *state, *state_classes;
    const char *clock;  // "Reply due 9 November 2026: late"
    const char *waited; // "3 days"
    const char *alert;  // "Successful contact since", or NULL
    bool late;
};

struct step_tab {
    const char *text, *href;
    bool current;
};

struct step_list_view {
    const struct page *page;
    const struct person_view *person; // of one person's list, or NULL
    const char *title;
    const struct step_tab *tabs;
    size_t n_tabs;
    const char *heading; // of the tab shown
    const struct step_line *lines;
    size_t n_lines;
    const char *what_head, *with_head, *waited_head;
    const char *empty; // what to do when there is nothing
    const char *filter_name, *filter_label, *view, *person_ref, *action;
    struct ui_choices filter; // of the vocabulary, the chosen one marked
    const char *clear_href;   // NULL when nothing is filtered
    const char *next_href;
    const char *new_href, *new_text; // NULL when the actor may not
};

/** A row of key details; left out without a value. */
struct step_fact {
    const char *key, *value;
    bool lines;  // text of several lines, shown as typed
    bool strong; // late, or otherwise to be noticed
};

/** A step that was taken, or a session or action, in a timeline. */
struct step_past {
    const char *title, *when, *timestamp, *by;
    const char *words; // NULL where there are none, or the actor may not see them
    const char *facts;
};

/** A step that can be taken now: by a button of its own, or (href) through a small form. */
struct step_button {
    const char *text, *to, *href;
    bool warning;
};

struct step_detail {
    const struct step_fact *facts;
    size_t n_facts;
    const struct step_past *past;
    size_t n_past;
    const struct step_button *buttons;
    size_t n_buttons;
    const char *action; // where a step is posted
    const char *version;
    struct html hidden;
    const char *typed; // words that were not saved and have no form any more, or NULL
};

/** Three boxes of a date: what was typed, else the ISO date given (or none). */
struct step_boxes {
    const char *day, *month, *year;
};
struct step_boxes step_boxes(struct request *r, const char *name, const char *iso);

/** "Reply due 9 November 2026: late"; NULL without a date. */
const char *step_clock(struct arena *a, const char *what, const char *due, bool late);
/** "1 day", "3 days"; NULL without a number. */
const char *step_days(struct arena *a, const char *n);
bool step_is(const char *value, const char *wanted);
/** True if the array text holds the code. */
bool step_listed(struct arena *a, const char *array, const char *code);
/** Home, the list that the page hangs under (or NULL), the person (or NULL), then the page itself.
 */
void step_crumbs(struct request *r, struct page *p, const char *list, const char *list_href,
                 const struct person_file *file, const char *here);

/** The steps taken, newest first, each with the words written with it. */
const struct step_past *step_timeline(struct request *r, const struct field_rows *events,
                                      const struct field_rows *notes, const char *state_vocab,
                                      const char *reason_vocab, size_t *ret_n);

/** What was typed into these fields (names ended by NULL): shown when their form is there no more.
 */
const char *step_typed(struct request *r, const char *const *names);

/** After a refused or faulty step: true if the page has to be shown again with what was typed. */
bool step_shown_again(struct request *r, enum err e);
/** Tells the page's reader why: what is possible now, or that somebody else was first. */
void step_explain(struct request *r, enum err e, const char *state, const char *possible,
                  const char *state_vocab);

/** Tag classes of a referral's or an escalation's state. */
const char *state_tag_classes(const char *state);
