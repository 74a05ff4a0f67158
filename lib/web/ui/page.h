// SPDX-License-Identifier: MIT
// What the layout needs to draw around a page. A handler gets one from web_page() and puts it in
// its view; the page's template ends with {% call layout(v->page, main) %}.
#pragma once

#include "web/ui/components.h"

#define PAGE_SERVICE "Phoenix case management"
#define PAGE_CRUMBS_MAX 8

struct page {
    const char *title;         // "Record a contact": the layout adds "Error: " and the service name
    bool error;                // the form came back with errors
    struct html error_summary; // shown above the content, or empty
    const char *service_name;  // NULL is PAGE_SERVICE
    struct ui_nav_items nav;   // of the role; empty when nobody is signed in
    const char *user_name;     // NULL when nobody is signed in
    const char *user_role;     // in words: "Navigator"
    const char *user_site;
    const char *csrf; // for the sign-out form
    int idle_minutes; // until the session ends without use; 0 is 30
    struct ui_crumb crumbs[PAGE_CRUMBS_MAX];
    size_t n_crumbs;
    const char *back_href;   // a back link instead of breadcrumbs
    const char *flash;       // what was just done, in words: "Contact saved"
    const char *flash_type;  // NULL is "success"; "information" otherwise
    struct html before_main; // a case header, between breadcrumbs and content
    const char *html_class;
    const char *help; // a line for the footer; NULL is the house one
};
