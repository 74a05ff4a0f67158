// SPDX-License-Identifier: MIT
#include "options.h"

#include "web/ui/components.h"
#include "web/templates.gen.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define ROW(T, JSON, KIND, FIELD)                                                                  \
    {                                                                                              \
        JSON, KIND, offsetof(struct T, FIELD), NULL                                                \
    }
#define SUB(T, JSON, FIELD, TABLE)                                                                 \
    {                                                                                              \
        JSON, OPT_SUB, offsetof(struct T, FIELD), &TABLE##_options                                 \
    }
#define LIST(T, JSON, FIELD, TABLE)                                                                \
    {                                                                                              \
        JSON, OPT_LIST, offsetof(struct T, FIELD), &TABLE##_options                                \
    }
#define LOOKS(T) ROW(T, "classes", OPT_TEXT, classes), ROW(T, "attributes", OPT_ATTRS, attributes)
#define WORDS(T) ROW(T, "text", OPT_TEXT, text), ROW(T, "html", OPT_HTML, html)
#define TABLE(NAME, T, ...)                                                                        \
    static const struct option NAME##_rows[] = {__VA_ARGS__};                                      \
    static const struct option_table NAME##_options = {                                            \
        NAME##_rows, sizeof NAME##_rows / sizeof NAME##_rows[0], sizeof(struct T)};

TABLE(label, ui_label, WORDS(ui_label), LOOKS(ui_label), ROW(ui_label, "for", OPT_TEXT, for_id),
      ROW(ui_label, "isPageHeading", OPT_BOOL, is_page_heading))
TABLE(hint, ui_hint, WORDS(ui_hint), LOOKS(ui_hint), ROW(ui_hint, "id", OPT_TEXT, id))
TABLE(error_message, ui_error_message, WORDS(ui_error_message), LOOKS(ui_error_message),
      ROW(ui_error_message, "id", OPT_TEXT, id),
      ROW(ui_error_message, "visuallyHiddenText", OPT_TEXT_OFF, visually_hidden_text))
TABLE(form_group, ui_form_group, LOOKS(ui_form_group))
TABLE(legend, ui_legend, WORDS(ui_legend), ROW(ui_legend, "classes", OPT_TEXT, classes),
      ROW(ui_legend, "isPageHeading", OPT_BOOL, is_page_heading))
TABLE(fieldset, ui_fieldset, LOOKS(ui_fieldset), SUB(ui_fieldset, "legend", legend, legend),
      ROW(ui_fieldset, "describedBy", OPT_TEXT, described_by),
      ROW(ui_fieldset, "role", OPT_TEXT, role), ROW(ui_fieldset, "html", OPT_HTML, html))

#define FIELD(T)                                                                                   \
    ROW(T, "name", OPT_TEXT, name), SUB(T, "hint", hint, hint),                                    \
        SUB(T, "errorMessage", error_message, error_message),                                      \
        SUB(T, "formGroup", form_group, form_group), LOOKS(T)
#define LABELLED(T)                                                                                \
    FIELD(T), ROW(T, "id", OPT_TEXT, id), SUB(T, "label", label, label),                           \
        ROW(T, "describedBy", OPT_TEXT, described_by), ROW(T, "disabled", OPT_BOOL, disabled)

TABLE(back_link, ui_back_link, WORDS(ui_back_link), LOOKS(ui_back_link),
      ROW(ui_back_link, "href", OPT_TEXT, href))
TABLE(crumb, ui_crumb, WORDS(ui_crumb), ROW(ui_crumb, "href", OPT_TEXT, href),
      ROW(ui_crumb, "attributes", OPT_ATTRS, attributes))
TABLE(breadcrumbs, ui_breadcrumbs, LOOKS(ui_breadcrumbs),
      LIST(ui_breadcrumbs, "items", items, crumb),
      ROW(ui_breadcrumbs, "collapseOnMobile", OPT_BOOL, collapse_on_mobile),
      ROW(ui_breadcrumbs, "labelText", OPT_TEXT, label_text))
TABLE(button, ui_button, WORDS(ui_button), LOOKS(ui_button), ROW(ui_button, "href", OPT_TEXT, href),
      ROW(ui_button, "name", OPT_TEXT, name), ROW(ui_button, "value", OPT_TEXT, value),
      ROW(ui_button, "id", OPT_TEXT, id), ROW(ui_button, "type", OPT_TEXT, type),
      ROW(ui_button, "disabled", OPT_BOOL, disabled),
      ROW(ui_button, "isStartButton", OPT_BOOL, is_start_button),
      ROW(ui_button, "preventDoubleClick", OPT_SAID, prevent_double_click))
TABLE(choice, ui_choice, WORDS(ui_choice), ROW(ui_choice, "value", OPT_TEXT, value),
      ROW(ui_choice, "id", OPT_TEXT, id), ROW(ui_choice, "name", OPT_TEXT, name),
      SUB(ui_choice, "hint", hint, hint), SUB(ui_choice, "label", label, label),
      ROW(ui_choice, "divider", OPT_TEXT, divider),
      ROW(ui_choice, "behaviour", OPT_TEXT, behaviour),
      ROW(ui_choice, "checked", OPT_SAID, checked), ROW(ui_choice, "disabled", OPT_BOOL, disabled),
      ROW(ui_choice, "attributes", OPT_ATTRS, attributes),
      {"conditional", OPT_SUB, offsetof(struct ui_choice, conditional),
       &(const struct option_table){(const struct option[]){{"html", OPT_HTML, 0, NULL}}, 1, 0}})
TABLE(radios, ui_radios, FIELD(ui_radios), ROW(ui_radios, "idPrefix", OPT_TEXT, id_prefix),
      SUB(ui_radios, "fieldset", fieldset, fieldset), LIST(ui_radios, "items", items, choice),
      ROW(ui_radios, "value", OPT_TEXT, value))
TABLE(checkboxes, ui_checkboxes, FIELD(ui_checkboxes),
      ROW(ui_checkboxes, "idPrefix", OPT_TEXT, id_prefix),
      ROW(ui_checkboxes, "describedBy", OPT_TEXT, described_by),
      SUB(ui_checkboxes, "fieldset", fieldset, fieldset),
      LIST(ui_checkboxes, "items", items, choice), ROW(ui_checkboxes, "values", OPT_VALUES, values))
TABLE(affix, ui_affix, WORDS(ui_affix), LOOKS(ui_affix))
TABLE(input_wrapper, ui_input_wrapper, LOOKS(ui_input_wrapper))
TABLE(input, ui_input, LABELLED(ui_input), ROW(ui_input, "type", OPT_TEXT, type),
      ROW(ui_input, "value", OPT_TEXT, value), SUB(ui_input, "prefix", prefix, affix),
      SUB(ui_input, "suffix", suffix, affix),
      SUB(ui_input, "inputWrapper", input_wrapper, input_wrapper),
      ROW(ui_input, "autocomplete", OPT_TEXT, autocomplete),
      ROW(ui_input, "autocapitalize", OPT_TEXT, autocapitalize),
      ROW(ui_input, "inputmode", OPT_TEXT, inputmode), ROW(ui_input, "pattern", OPT_TEXT, pattern),
      ROW(ui_input, "spellcheck", OPT_SAID, spellcheck))
TABLE(textarea, ui_textarea, LABELLED(ui_textarea), ROW(ui_textarea, "value", OPT_TEXT, value),
      ROW(ui_textarea, "rows", OPT_INT, rows),
      ROW(ui_textarea, "autocomplete", OPT_TEXT, autocomplete),
      ROW(ui_textarea, "spellcheck", OPT_SAID, spellcheck))
TABLE(error, ui_error, WORDS(ui_error), ROW(ui_error, "href", OPT_TEXT, href),
      ROW(ui_error, "attributes", OPT_ATTRS, attributes))
TABLE(error_summary, ui_error_summary, LOOKS(ui_error_summary),
      ROW(ui_error_summary, "titleText", OPT_TEXT, title_text),
      ROW(ui_error_summary, "titleHtml", OPT_HTML, title_html),
      ROW(ui_error_summary, "descriptionText", OPT_TEXT, description_text),
      ROW(ui_error_summary, "descriptionHtml", OPT_HTML, description_html),
      LIST(ui_error_summary, "errorList", error_list, error),
      ROW(ui_error_summary, "disableAutoFocus", OPT_SAID, disable_auto_focus))
TABLE(action, ui_action, WORDS(ui_action), LOOKS(ui_action), ROW(ui_action, "href", OPT_TEXT, href),
      ROW(ui_action, "visuallyHiddenText", OPT_TEXT, visually_hidden_text))
TABLE(actions, ui_actions, LIST(ui_actions, "items", items, action),
      ROW(ui_actions, "classes", OPT_TEXT, classes))
TABLE(cell_text, ui_cell_text, WORDS(ui_cell_text), ROW(ui_cell_text, "classes", OPT_TEXT, classes))
TABLE(summary_row, ui_summary_row, SUB(ui_summary_row, "key", key, cell_text),
      SUB(ui_summary_row, "value", value, cell_text),
      SUB(ui_summary_row, "actions", actions, actions),
      ROW(ui_summary_row, "classes", OPT_TEXT, classes))
TABLE(card_title, ui_card_title, WORDS(ui_card_title),
      ROW(ui_card_title, "classes", OPT_TEXT, classes),
      ROW(ui_card_title, "headingLevel", OPT_INT, heading_level))
TABLE(card, ui_card, LOOKS(ui_card), SUB(ui_card, "title", title, card_title),
      SUB(ui_card, "actions", actions, actions))
TABLE(summary_list, ui_summary_list, LOOKS(ui_summary_list),
      LIST(ui_summary_list, "rows", rows, summary_row), SUB(ui_summary_list, "card", card, card))
TABLE(cell, ui_cell, WORDS(ui_cell), LOOKS(ui_cell), ROW(ui_cell, "format", OPT_TEXT, format),
      ROW(ui_cell, "colspan", OPT_INT, colspan), ROW(ui_cell, "rowspan", OPT_INT, rowspan))
TABLE(table, ui_table, LOOKS(ui_table), ROW(ui_table, "caption", OPT_TEXT, caption),
      ROW(ui_table, "captionClasses", OPT_TEXT, caption_classes),
      LIST(ui_table, "head", head, cell),
      {"rows", OPT_ROWS, offsetof(struct ui_table, rows), &cell_options},
      ROW(ui_table, "firstCellIsHeader", OPT_BOOL, first_cell_is_header))
TABLE(tag, ui_tag, WORDS(ui_tag), LOOKS(ui_tag))
TABLE(skip_link, ui_skip_link, WORDS(ui_skip_link), LOOKS(ui_skip_link),
      ROW(ui_skip_link, "href", OPT_TEXT, href))
TABLE(notification_banner, ui_notification_banner, WORDS(ui_notification_banner),
      LOOKS(ui_notification_banner), ROW(ui_notification_banner, "type", OPT_TEXT, type),
      ROW(ui_notification_banner, "titleText", OPT_TEXT, title_text),
      ROW(ui_notification_banner, "titleHtml", OPT_HTML, title_html),
      ROW(ui_notification_banner, "titleId", OPT_TEXT, title_id),
      ROW(ui_notification_banner, "titleHeadingLevel", OPT_INT, title_heading_level),
      ROW(ui_notification_banner, "role", OPT_TEXT, role),
      ROW(ui_notification_banner, "disableAutoFocus", OPT_SAID, disable_auto_focus))
TABLE(nav_item, ui_nav_item, WORDS(ui_nav_item), ROW(ui_nav_item, "href", OPT_TEXT, href),
      ROW(ui_nav_item, "current", OPT_BOOL, current), ROW(ui_nav_item, "active", OPT_BOOL, active),
      ROW(ui_nav_item, "attributes", OPT_ATTRS, attributes))
TABLE(slots, ui_slots, ROW(ui_slots, "start", OPT_HTML, start),
      ROW(ui_slots, "navigationStart", OPT_HTML, navigation_start),
      ROW(ui_slots, "navigationEnd", OPT_HTML, navigation_end), {"end", OPT_SLOT_END, 0, NULL})
TABLE(service_navigation, ui_service_navigation, LOOKS(ui_service_navigation),
      ROW(ui_service_navigation, "serviceName", OPT_TEXT, service_name),
      ROW(ui_service_navigation, "serviceUrl", OPT_TEXT, service_url),
      LIST(ui_service_navigation, "navigation", navigation, nav_item),
      ROW(ui_service_navigation, "collapseNavigationOnMobile", OPT_SAID,
          collapse_navigation_on_mobile),
      ROW(ui_service_navigation, "ariaLabel", OPT_TEXT, aria_label),
      ROW(ui_service_navigation, "menuButtonText", OPT_TEXT, menu_button_text),
      ROW(ui_service_navigation, "menuButtonLabel", OPT_TEXT, menu_button_label),
      ROW(ui_service_navigation, "navigationLabel", OPT_TEXT, navigation_label),
      ROW(ui_service_navigation, "navigationClasses", OPT_TEXT, navigation_classes),
      ROW(ui_service_navigation, "navigationId", OPT_TEXT, navigation_id),
      SUB(ui_service_navigation, "slots", slots, slots))
TABLE(pagination_link, ui_pagination_link, WORDS(ui_pagination_link),
      ROW(ui_pagination_link, "href", OPT_TEXT, href),
      ROW(ui_pagination_link, "labelText", OPT_TEXT, label_text),
      ROW(ui_pagination_link, "attributes", OPT_ATTRS, attributes))
TABLE(page_item, ui_page_item, ROW(ui_page_item, "number", OPT_TEXT, number),
      ROW(ui_page_item, "visuallyHiddenText", OPT_TEXT, visually_hidden_text),
      ROW(ui_page_item, "href", OPT_TEXT, href), ROW(ui_page_item, "current", OPT_BOOL, current),
      ROW(ui_page_item, "ellipsis", OPT_BOOL, ellipsis),
      ROW(ui_page_item, "attributes", OPT_ATTRS, attributes))
TABLE(pagination, ui_pagination, LOOKS(ui_pagination),
      SUB(ui_pagination, "previous", previous, pagination_link),
      SUB(ui_pagination, "next", next, pagination_link),
      LIST(ui_pagination, "items", items, page_item),
      ROW(ui_pagination, "landmarkLabel", OPT_TEXT, landmark_label))
TABLE(date_item, ui_date_item, LOOKS(ui_date_item), ROW(ui_date_item, "name", OPT_TEXT, name),
      ROW(ui_date_item, "id", OPT_TEXT, id), ROW(ui_date_item, "label", OPT_TEXT, label),
      ROW(ui_date_item, "value", OPT_TEXT, value),
      ROW(ui_date_item, "inputmode", OPT_TEXT, inputmode),
      ROW(ui_date_item, "autocomplete", OPT_TEXT, autocomplete),
      ROW(ui_date_item, "pattern", OPT_TEXT, pattern), ROW(ui_date_item, "error", OPT_SAID, error))
#define DATE_PART(JSON, FIELD)                                                                     \
    {                                                                                              \
        JSON, OPT_DATE_PART, offsetof(struct ui_date_input, FIELD), &date_item_options             \
    }
TABLE(date_input, ui_date_input, LOOKS(ui_date_input), ROW(ui_date_input, "id", OPT_TEXT, id),
      ROW(ui_date_input, "namePrefix", OPT_TEXT, name_prefix),
      SUB(ui_date_input, "fieldset", fieldset, fieldset), SUB(ui_date_input, "hint", hint, hint),
      SUB(ui_date_input, "errorMessage", error_message, error_message),
      SUB(ui_date_input, "formGroup", form_group, form_group), DATE_PART("day", day),
      DATE_PART("month", month), DATE_PART("year", year),
      LIST(ui_date_input, "items", items, date_item),
      ROW(ui_date_input, "values", OPT_ATTRS, values))
TABLE(details, ui_details, WORDS(ui_details), LOOKS(ui_details),
      ROW(ui_details, "id", OPT_TEXT, id), ROW(ui_details, "summaryText", OPT_TEXT, summary_text),
      ROW(ui_details, "summaryHtml", OPT_HTML, summary_html),
      ROW(ui_details, "open", OPT_BOOL, open))
TABLE(file_upload, ui_file_upload, LABELLED(ui_file_upload),
      ROW(ui_file_upload, "javascript", OPT_BOOL, javascript),
      ROW(ui_file_upload, "multiple", OPT_BOOL, multiple),
      ROW(ui_file_upload, "wrapperClasses", OPT_TEXT, wrapper_classes),
      ROW(ui_file_upload, "wrapperAttributes", OPT_ATTRS, wrapper_attributes),
      ROW(ui_file_upload, "chooseFilesButtonText", OPT_TEXT, choose_files_button_text),
      ROW(ui_file_upload, "noFileChosenText", OPT_TEXT, no_file_chosen_text),
      ROW(ui_file_upload, "dropInstructionText", OPT_TEXT, drop_instruction_text),
      ROW(ui_file_upload, "enteredDropZoneText", OPT_TEXT, entered_drop_zone_text),
      ROW(ui_file_upload, "leftDropZoneText", OPT_TEXT, left_drop_zone_text),
      ROW(ui_file_upload, "multipleFilesChosenText", OPT_ATTRS, multiple_files_chosen_text))
TABLE(inset_text, ui_inset_text, WORDS(ui_inset_text), LOOKS(ui_inset_text),
      ROW(ui_inset_text, "id", OPT_TEXT, id))
TABLE(panel_action, ui_panel_action, LOOKS(ui_panel_action),
      ROW(ui_panel_action, "text", OPT_TEXT, text), ROW(ui_panel_action, "href", OPT_TEXT, href),
      ROW(ui_panel_action, "type", OPT_TEXT, type))
TABLE(panel_actions, ui_panel_actions, LOOKS(ui_panel_actions),
      LIST(ui_panel_actions, "items", items, panel_action))
TABLE(panel, ui_panel, WORDS(ui_panel), LOOKS(ui_panel),
      ROW(ui_panel, "titleText", OPT_TEXT, title_text),
      ROW(ui_panel, "titleHtml", OPT_HTML, title_html),
      ROW(ui_panel, "headingLevel", OPT_INT, heading_level),
      SUB(ui_panel, "actions", actions, panel_actions))
TABLE(password_input, ui_password_input, LABELLED(ui_password_input),
      ROW(ui_password_input, "value", OPT_TEXT, value),
      ROW(ui_password_input, "autocomplete", OPT_TEXT, autocomplete),
      ROW(ui_password_input, "showPasswordText", OPT_TEXT, show_password_text),
      ROW(ui_password_input, "hidePasswordText", OPT_TEXT, hide_password_text),
      ROW(ui_password_input, "showPasswordAriaLabelText", OPT_TEXT, show_password_aria_label_text),
      ROW(ui_password_input, "hidePasswordAriaLabelText", OPT_TEXT, hide_password_aria_label_text),
      ROW(ui_password_input, "passwordShownAnnouncementText", OPT_TEXT,
          password_shown_announcement_text),
      ROW(ui_password_input, "passwordHiddenAnnouncementText", OPT_TEXT,
          password_hidden_announcement_text))
TABLE(phase_banner, ui_phase_banner, WORDS(ui_phase_banner), LOOKS(ui_phase_banner),
      SUB(ui_phase_banner, "tag", tag, tag))
TABLE(option, ui_option, ROW(ui_option, "value", OPT_TEXT, value),
      ROW(ui_option, "text", OPT_TEXT, text), ROW(ui_option, "selected", OPT_SAID, selected),
      ROW(ui_option, "disabled", OPT_BOOL, disabled),
      ROW(ui_option, "attributes", OPT_ATTRS, attributes))
TABLE(select, ui_select, LABELLED(ui_select), LIST(ui_select, "items", items, option),
      ROW(ui_select, "value", OPT_TEXT, value))
TABLE(tab_panel, ui_tab_panel, WORDS(ui_tab_panel),
      ROW(ui_tab_panel, "attributes", OPT_ATTRS, attributes))
TABLE(tab, ui_tab, ROW(ui_tab, "id", OPT_TEXT, id), ROW(ui_tab, "label", OPT_TEXT, label),
      SUB(ui_tab, "panel", panel, tab_panel), ROW(ui_tab, "attributes", OPT_ATTRS, attributes))
TABLE(tabs, ui_tabs, LOOKS(ui_tabs), ROW(ui_tabs, "id", OPT_TEXT, id),
      ROW(ui_tabs, "idPrefix", OPT_TEXT, id_prefix), ROW(ui_tabs, "title", OPT_TEXT, title),
      LIST(ui_tabs, "items", items, tab))
TABLE(task_status, ui_task_status, WORDS(ui_task_status),
      ROW(ui_task_status, "classes", OPT_TEXT, classes), SUB(ui_task_status, "tag", tag, tag))
TABLE(task, ui_task, SUB(ui_task, "title", title, cell_text), SUB(ui_task, "hint", hint, hint),
      ROW(ui_task, "href", OPT_TEXT, href), SUB(ui_task, "status", status, task_status),
      ROW(ui_task, "classes", OPT_TEXT, classes))
TABLE(task_list, ui_task_list, LOOKS(ui_task_list), LIST(ui_task_list, "items", items, task),
      ROW(ui_task_list, "idPrefix", OPT_TEXT, id_prefix))
TABLE(count_message, ui_count_message, ROW(ui_count_message, "classes", OPT_TEXT, classes))
TABLE(character_count, ui_character_count, FIELD(ui_character_count),
      ROW(ui_character_count, "id", OPT_TEXT, id), SUB(ui_character_count, "label", label, label),
      ROW(ui_character_count, "value", OPT_TEXT, value),
      ROW(ui_character_count, "rows", OPT_INT, rows),
      ROW(ui_character_count, "maxlength", OPT_TEXT, maxlength),
      ROW(ui_character_count, "maxwords", OPT_TEXT, maxwords),
      ROW(ui_character_count, "threshold", OPT_TEXT, threshold),
      ROW(ui_character_count, "countType", OPT_TEXT, count_type),
      SUB(ui_character_count, "countMessage", count_message, count_message),
      ROW(ui_character_count, "spellcheck", OPT_SAID, spellcheck),
      ROW(ui_character_count, "textareaDescriptionText", OPT_TEXT, textarea_description_text),
      ROW(ui_character_count, "charactersUnderLimitText", OPT_ATTRS, characters_under_limit_text),
      ROW(ui_character_count, "charactersAtLimitText", OPT_TEXT, characters_at_limit_text),
      ROW(ui_character_count, "charactersOverLimitText", OPT_ATTRS, characters_over_limit_text),
      ROW(ui_character_count, "wordsUnderLimitText", OPT_ATTRS, words_under_limit_text),
      ROW(ui_character_count, "wordsAtLimitText", OPT_TEXT, words_at_limit_text),
      ROW(ui_character_count, "wordsOverLimitText", OPT_ATTRS, words_over_limit_text))
TABLE(warning_text, ui_warning_text, WORDS(ui_warning_text), LOOKS(ui_warning_text),
      ROW(ui_warning_text, "iconFallbackText", OPT_TEXT, icon_fallback_text))
TABLE(generic_header, ui_generic_header, LOOKS(ui_generic_header),
      ROW(ui_generic_header, "logoText", OPT_TEXT, logo_text),
      ROW(ui_generic_header, "logoHtml", OPT_HTML, logo_html),
      ROW(ui_generic_header, "url", OPT_TEXT, url),
      ROW(ui_generic_header, "containerClasses", OPT_TEXT, container_classes))

// MoJ Frontend
TABLE(moj_alert, ui_alert, WORDS(ui_alert), LOOKS(ui_alert),
      ROW(ui_alert, "title", OPT_TEXT, title), ROW(ui_alert, "variant", OPT_TEXT, variant),
      ROW(ui_alert, "headingTag", OPT_TEXT, heading_tag),
      ROW(ui_alert, "showTitleAsHeading", OPT_BOOL, show_title_as_heading),
      ROW(ui_alert, "dismissible", OPT_BOOL, dismissible),
      ROW(ui_alert, "disableAutoFocus", OPT_BOOL, disable_auto_focus),
      ROW(ui_alert, "focusOnDismissSelector", OPT_TEXT, focus_on_dismiss_selector),
      ROW(ui_alert, "dismissText", OPT_TEXT, dismiss_text), ROW(ui_alert, "role", OPT_TEXT, role))
TABLE(moj_badge, ui_badge, WORDS(ui_badge), LOOKS(ui_badge))
TABLE(moj_identity_bar, ui_identity_bar, LOOKS(ui_identity_bar),
      SUB(ui_identity_bar, "title", title, cell_text))
TABLE(link, ui_link, ROW(ui_link, "href", OPT_TEXT, href), ROW(ui_link, "text", OPT_TEXT, text))
TABLE(filter_category, ui_filter_category, SUB(ui_filter_category, "heading", heading, cell_text),
      LIST(ui_filter_category, "items", items, link))
TABLE(selected_filters, ui_selected_filters,
      SUB(ui_selected_filters, "heading", heading, cell_text),
      SUB(ui_selected_filters, "clearLink", clear_link, link),
      LIST(ui_selected_filters, "categories", categories, filter_category))
TABLE(filter_submit, ui_filter_submit, ROW(ui_filter_submit, "text", OPT_TEXT, text),
      ROW(ui_filter_submit, "attributes", OPT_ATTRS, attributes))
TABLE(moj_filter, ui_filter, SUB(ui_filter, "heading", heading, cell_text),
      SUB(ui_filter, "selectedFilters", selected_filters, selected_filters),
      SUB(ui_filter, "submit", submit, filter_submit),
      ROW(ui_filter, "optionsHtml", OPT_HTML, options_html),
      ROW(ui_filter, "attributes", OPT_ATTRS, attributes))
TABLE(timeline_item, ui_timeline_item, WORDS(ui_timeline_item), LOOKS(ui_timeline_item),
      SUB(ui_timeline_item, "label", label, cell_text),
      SUB(ui_timeline_item, "byline", byline, cell_text),
      ROW(ui_timeline_item, "when", OPT_TEXT, when),
      {"datetime", OPT_SUB, offsetof(struct ui_timeline_item, timestamp),
       &(const struct option_table){
           (const struct option[]){{"timestamp", OPT_TEXT, 0, NULL}, {"type", OPT_PASS, 0, NULL}},
           2, 0}})
TABLE(moj_timeline, ui_timeline, LOOKS(ui_timeline),
      LIST(ui_timeline, "items", items, timeline_item),
      ROW(ui_timeline, "headingLevel", OPT_INT, heading_level))
TABLE(sub_nav_item, ui_sub_nav_item, WORDS(ui_sub_nav_item), LOOKS(ui_sub_nav_item),
      ROW(ui_sub_nav_item, "href", OPT_TEXT, href),
      ROW(ui_sub_nav_item, "active", OPT_BOOL, active))
TABLE(moj_sub_navigation, ui_sub_navigation, LOOKS(ui_sub_navigation),
      LIST(ui_sub_navigation, "items", items, sub_nav_item),
      ROW(ui_sub_navigation, "label", OPT_TEXT, label))
TABLE(moj_search, ui_search, LOOKS(ui_search), ROW(ui_search, "action", OPT_TEXT, action),
      SUB(ui_search, "label", label, label), SUB(ui_search, "hint", hint, hint),
      SUB(ui_search, "input", input, input), SUB(ui_search, "button", button, button))
TABLE(results, ui_results, ROW(ui_results, "from", OPT_TEXT, from),
      ROW(ui_results, "to", OPT_TEXT, to), ROW(ui_results, "count", OPT_TEXT, count),
      ROW(ui_results, "text", OPT_TEXT, text))
TABLE(moj_pagination, ui_results_pagination, LOOKS(ui_results_pagination),
      SUB(ui_results_pagination, "previous", previous, pagination_link),
      SUB(ui_results_pagination, "next", next, pagination_link),
      LIST(ui_results_pagination, "items", items, page_item),
      SUB(ui_results_pagination, "results", results, results),
      ROW(ui_results_pagination, "landmarkLabel", OPT_TEXT, landmark_label))

#define COMPONENTS(X)                                                                              \
    X("back-link", back_link)                                                                      \
    X("breadcrumbs", breadcrumbs)                                                                  \
    X("button", button)                                                                            \
    X("character-count", character_count)                                                          \
    X("checkboxes", checkboxes)                                                                    \
    X("date-input", date_input)                                                                    \
    X("details", details)                                                                          \
    X("error-message", error_message)                                                              \
    X("error-summary", error_summary)                                                              \
    X("fieldset", fieldset)                                                                        \
    X("file-upload", file_upload)                                                                  \
    X("generic-header", generic_header)                                                            \
    X("hint", hint)                                                                                \
    X("input", input)                                                                              \
    X("inset-text", inset_text)                                                                    \
    X("label", label)                                                                              \
    X("notification-banner", notification_banner)                                                  \
    X("pagination", pagination)                                                                    \
    X("panel", panel)                                                                              \
    X("password-input", password_input)                                                            \
    X("phase-banner", phase_banner)                                                                \
    X("radios", radios)                                                                            \
    X("select", select)                                                                            \
    X("service-navigation", service_navigation)                                                    \
    X("skip-link", skip_link)                                                                      \
    X("summary-list", summary_list)                                                                \
    X("table", table)                                                                              \
    X("tabs", tabs)                                                                                \
    X("tag", tag)                                                                                  \
    X("task-list", task_list)                                                                      \
    X("textarea", textarea)                                                                        \
    X("warning-text", warning_text)

#define DRAW(FOLDER, NAME)                                                                         \
    static void draw_##NAME(struct buf *out, const void *options)                                  \
    {                                                                                              \
        tpl_##NAME(out, options);                                                                  \
    }
COMPONENTS(DRAW)

#define ENTRY(FOLDER, NAME) {FOLDER, &NAME##_options, draw_##NAME},
const struct component components[] = {COMPONENTS(ENTRY)};

#define MOJ(X)                                                                                     \
    X("moj-alert", alert)                                                                          \
    X("moj-badge", badge)                                                                          \
    X("moj-filter", filter)                                                                        \
    X("moj-identity-bar", identity_bar)                                                            \
    X("moj-pagination", pagination)                                                                \
    X("moj-search", search)                                                                        \
    X("moj-sub-navigation", sub_navigation)                                                        \
    X("moj-timeline", timeline)

#define MOJ_TEMPLATE_alert tpl_alert
#define MOJ_TEMPLATE_badge tpl_badge
#define MOJ_TEMPLATE_filter tpl_filter
#define MOJ_TEMPLATE_identity_bar tpl_identity_bar
#define MOJ_TEMPLATE_pagination tpl_results_pagination
#define MOJ_TEMPLATE_search tpl_search
#define MOJ_TEMPLATE_sub_navigation tpl_sub_navigation
#define MOJ_TEMPLATE_timeline tpl_timeline

#define MOJ_DRAW(FOLDER, NAME)                                                                     \
    static void draw_moj_##NAME(struct buf *out, const void *options)                              \
    {                                                                                              \
        MOJ_TEMPLATE_##NAME(out, options);                                                         \
    }
MOJ(MOJ_DRAW)

#define MOJ_ENTRY(FOLDER, NAME) {FOLDER, &moj_##NAME##_options, draw_moj_##NAME},
static const struct component moj[] = {MOJ(MOJ_ENTRY)};

const size_t components_count = sizeof components / sizeof components[0];

const struct component *component_find(const char *folder)
{
    for (size_t i = 0; i < components_count; i++)
        if (strcmp(components[i].folder, folder) == 0)
            return &components[i];
    for (size_t i = 0; i < sizeof moj / sizeof moj[0]; i++)
        if (strcmp(moj[i].folder, folder) == 0)
            return &moj[i];
    return NULL;
}

// ---- mapping ----

static const char *text_of(struct option_map *m, json_t *j)
{
    switch (json_typeof(j)) {
    case JSON_STRING:
        return arena_strdup(m->arena, json_string_value(j));
    case JSON_INTEGER:
        return arena_printf(m->arena, "%lld", (long long)json_integer_value(j));
    case JSON_REAL:
        return arena_printf(m->arena, "%g", json_real_value(j));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return NULL;
    }
}

// What a template would have made: the fixtures' markup, without the white space around it.
static struct html html_of(struct option_map *m, json_t *j)
{
    const char *s = json_is_string(j) ? json_string_value(j) : "";
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n && isspace((unsigned char)s[n - 1]))
        n--;
    return html_made(arena_strndup(m->arena, s, n), n);
}

static const struct attr *attrs_of(struct option_map *m, json_t *j)
{
    struct attr *list = ARENA_ARRAY(m->arena, struct attr, json_object_size(j) + 1);
    const char *name;
    json_t *value;
    size_t n = 0;
    json_object_foreach(j, name, value)
    {
        list[n++] = (struct attr){arena_strdup(m->arena, name), text_of(m, value)};
    }
    return n ? list : NULL;
}

// The layout that every {items, count} list has.
struct any_list {
    const void *at;
    size_t n;
};

static bool list_map(struct option_map *m, const struct option_table *t, json_t *array,
                     struct any_list *ret)
{
    if (!json_is_array(array))
        return json_is_null(array) || json_is_false(array);
    size_t n = json_array_size(array);
    char *items = arena_alloc(m->arena, t->size * (n ? n : 1));
    for (size_t i = 0; i < n; i++) {
        json_t *item = json_array_get(array, i);
        if (json_is_object(item) && !options_map(m, t, item, items + i * t->size))
            return false;
    }
    *ret = (struct any_list){items, n};
    return true;
}

static bool rows_map(struct option_map *m, const struct option_table *t, json_t *array,
                     struct any_list *ret)
{
    size_t n = json_array_size(array);
    struct any_list *rows = ARENA_ARRAY(m->arena, struct any_list, n ? n : 1);
    for (size_t i = 0; i < n; i++)
        if (!list_map(m, t, json_array_get(array, i), &rows[i]))
            return false;
    *ret = (struct any_list){rows, n};
    return true;
}

static void values_map(struct option_map *m, json_t *array, struct ui_values *ret)
{
    size_t n = json_array_size(array);
    const char **values = ARENA_ARRAY(m->arena, const char *, n ? n : 1);
    for (size_t i = 0; i < n; i++)
        values[i] = text_of(m, json_array_get(array, i));
    *ret = (struct ui_values){values, n};
}

static bool truthy(json_t *j)
{
    return json_is_true(j) || json_integer_value(j) || (json_is_string(j) && *json_string_value(j));
}

static bool value_map(struct option_map *m, const struct option *o, json_t *j, char *at)
{
    switch (o->kind) {
    case OPT_TEXT:
        *(const char **)(void *)at = text_of(m, j);
        return !json_is_object(j) && !json_is_array(j);
    case OPT_TEXT_OFF:
        *(const char **)(void *)at = json_is_false(j) ? "" : text_of(m, j);
        return true;
    case OPT_HTML:
        *(struct html *)(void *)at = html_of(m, j);
        return true;
    case OPT_BOOL:
        *(bool *)at = truthy(j);
        return true;
    case OPT_SAID:
        *(enum ui_said *)(void *)at = truthy(j) ? UI_YES : UI_NO;
        if (json_is_null(j))
            *(enum ui_said *)(void *)at = UI_UNSAID;
        return true;
    case OPT_INT:
        *(int *)(void *)at =
            json_is_string(j) ? atoi(json_string_value(j)) : (int)json_integer_value(j);
        return true;
    case OPT_ATTRS:
        *(const struct attr **)(void *)at = attrs_of(m, j);
        return json_is_object(j);
    case OPT_SUB:
        return !json_is_object(j) ? !truthy(j) : options_map(m, o->sub, j, at);
    case OPT_PASS:
        return true;
    case OPT_DATE_PART:
        ((struct ui_date_item *)(void *)at)->omitted = json_is_false(j);
        return !json_is_object(j) || options_map(m, o->sub, j, at);
    case OPT_LIST:
        return list_map(m, o->sub, j, (struct any_list *)(void *)at);
    case OPT_ROWS:
        return rows_map(m, o->sub, j, (struct any_list *)(void *)at);
    case OPT_VALUES:
        values_map(m, j, (struct ui_values *)(void *)at);
        return true;
    case OPT_SLOT_END: {
        struct ui_slots *slots = (struct ui_slots *)(void *)at;
        const char *align = json_string_value(json_object_get(j, "align"));
        slots->end = html_of(m, json_is_object(j) ? json_object_get(j, "html") : j);
        slots->end_inline = align && strcmp(align, "inline") == 0;
        return true;
    }
    }
    return false;
}

static void note_unknown(struct option_map *m, const char *name, bool leaf)
{
    char inner[sizeof m->unknown];
    memcpy(inner, m->unknown, sizeof inner);
    if (leaf)
        snprintf(m->unknown, sizeof m->unknown, "%s", name);
    else
        snprintf(m->unknown, sizeof m->unknown, "%s.%.200s", name, inner);
}

bool options_map(struct option_map *m, const struct option_table *t, json_t *options, void *ret)
{
    const char *name;
    json_t *value;
    json_object_foreach(options, name, value)
    {
        const struct option *o = NULL;
        for (size_t i = 0; i < t->n && !o; i++)
            if (strcmp(t->rows[i].json, name) == 0)
                o = &t->rows[i];
        if (!o) {
            note_unknown(m, name, true);
            return false;
        }
        if (!value_map(m, o, value, (char *)ret + o->offset)) {
            note_unknown(m, name, m->unknown[0] == '\0');
            return false;
        }
    }
    return true;
}
