/* A runbook for people to read in a terminal; the form may change. See runbook.h. */
#include "runbook/runbook.h"

enum { STEP_INDENT = 4, TEXT_INDENT = 11 };

static void add_line(struct kr_page *page, const char *label, const char *text) {
    kr_page_indent(page, STEP_INDENT);
    kr_page_cell(page, label, TEXT_INDENT - STEP_INDENT);
    kr_buffer_add_string(&page->out, text); /* escaped when it was filled */
    kr_words_say(&page->out, "\n");
}

static void add_command(struct kr_page *page, const kmsrules_command *command) {
    kr_page_indent(page, STEP_INDENT);
    kr_page_cell(page, command->is_alternative ? "or" : "", 3);
    kr_buffer_add_string(&page->out, command->shell == kr_shell_words[1] ? "PS> " : "> ");
    kr_buffer_add_string(&page->out, command->text);
    kr_words_say(&page->out, "\n");
}

static void add_sources(struct kr_page *page, const kmsrules_step *step) {
    kr_page_indent(page, STEP_INDENT);
    kr_page_cell(page, "Source", TEXT_INDENT - STEP_INDENT);
    for (size_t i = 0; i < step->source_count; i++) kr_words_say(&page->out, i == 0 ? "%" : ", %", page->ruleset->sources[step->sources[i]].id);
    kr_words_say(&page->out, " (%:", step->at.file);
    kr_buffer_add_number(&page->out, step->at.line);
    kr_words_say(&page->out, ":");
    kr_buffer_add_number(&page->out, step->at.column);
    kr_words_say(&page->out, ")\n");
}

static void add_step(struct kr_page *page, const struct kr_planned_step *step, size_t number) {
    const kmsrules_step *shown = &step->shown;
    if (number < 10) kr_page_indent(page, 1);
    kr_buffer_add_number(&page->out, number);
    kr_words_say(&page->out, ". %%: ", kr_runbook_where(step->row), shown->is_elevated ? ", elevated" : "");
    kr_buffer_add_string(&page->out, shown->title);
    kr_words_say(&page->out, "\n");
    for (size_t i = 0; i < shown->command_count; i++) add_command(page, &shown->commands[i]);
    add_line(page, "Check", shown->check);
    add_line(page, "Undo", shown->undo);
    if (shown->note != NULL) add_line(page, "Note", shown->note);
    add_sources(page, shown);
}

static void add_warning(struct kr_page *page, const kmsrules_runbook *runbook) {
    struct kr_reason_place place = {0, 0};
    struct kr_buffer reason = {0};
    if (runbook->answer->verdict == KMSRULES_YES) return;
    kr_words_say(&page->out, "\n%:\n", kr_runbook_warning(runbook));
    while (kr_runbook_next_reason(runbook, &place, &reason)) {
        kr_words_say(&page->out, "  - ");
        kr_buffer_add(&page->out, (struct kr_text){reason.data, reason.size});
        if (reason.has_failed) page->out.has_failed = true;
        kr_words_say(&page->out, "\n");
        kr_buffer_free(&reason);
    }
}

static void add_notes(struct kr_page *page, const kmsrules_runbook *runbook) {
    if (runbook->answer->note_count > 0) kr_page_heading(page, "Notes");
    for (size_t i = 0; i < runbook->answer->note_count; i++) {
        kr_words_say(&page->out, "  - ");
        kr_words_note(&page->out, runbook->answer, &runbook->answer->notes[i]);
        kr_words_say(&page->out, "\n");
    }
}

static void add_source_list(struct kr_page *page, const kmsrules_runbook *runbook) {
    kr_page_heading(page, "Sources");
    for (kmsrules_id i = 0; i < runbook->ruleset->source_count; i++) {
        if (!kr_runbook_names(runbook, i)) continue;
        kr_words_say(&page->out, "  %: ", runbook->ruleset->sources[i].id);
        kr_runbook_add_source(&page->out, runbook, i);
        kr_words_say(&page->out, "\n");
    }
}

kmsrules_status kmsrules_runbook_print(const kmsrules_runbook *runbook, bool color, char **text, size_t *size) {
    if (runbook == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = runbook->ruleset, .has_color = color};
    kr_words_summary(&page.out, runbook->answer);
    kr_words_say(&page.out, "\n");
    add_warning(&page, runbook);
    if (runbook->step_count > 0) {
        kr_words_say(&page.out, "\n");
        kr_runbook_add_host(&page.out, runbook);
        kr_words_say(&page.out, "\n");
    }
    for (size_t i = 0; i < runbook->step_count; i++) {
        const struct kr_step *row = runbook->steps[i].row;
        if (i == 0 || runbook->steps[i - 1].row->phase != row->phase) kr_page_heading(&page, kr_runbook_heading(row->phase));
        add_step(&page, &runbook->steps[i], i + 1);
    }
    add_notes(&page, runbook);
    if (runbook->step_count > 0) add_source_list(&page, runbook);
    kr_words_say(&page.out, "\n");
    kr_runbook_add_origin(&page.out, runbook);
    kr_words_say(&page.out, !runbook->is_possible ? "\n\nNext: explain says what decided it, and which change would help.\n" : "\n");
    return kr_page_finish(&page, text, size);
}
