// SPDX-License-Identifier: MIT
// The words that made-up records are made of. Names of participants and staff share no word, and no
// participant's name is a word of PostgreSQL's own catalogues: a search of the database's files for
// one of them finds something only if it was stored unsealed. Read-only.
#pragma once

#include <stddef.h>

struct word_list {
    const char *const *words;
    size_t n;
};

extern const struct word_list sample_men, sample_women, sample_families, sample_nicknames;
extern const struct word_list sample_streets, sample_languages;
extern const struct word_list sample_notes, sample_missed_notes, sample_summaries;
extern const struct word_list sample_reasons, sample_risks, sample_reports, sample_feedback;
extern const struct word_list sample_evidence, sample_decisions, sample_flags;
extern const struct word_list sample_staff_given, sample_staff_family;
