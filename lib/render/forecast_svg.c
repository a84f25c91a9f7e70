/* The counts of a forecast over time, drawn: one panel a pool, dark on white. In: a forecast. Out: an SVG document that refers to nothing outside of it. Decides nothing. */
#include <string.h>

#include "base/civil.h"
#include "fleet/forecast.h"
#include "render/evidence.h"

/* In units of the drawing. */
enum { PANEL = 380, LEFT = 70, RIGHT = 910, TOP = 70, BOTTOM = 310, DATES = 6, LINES = 6, PAST_DAYS = 60, FUTURE_DAYS = 10, LABEL = 130 };

#define HALO " stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\"" /* keeps a label readable over lines */

struct drawing {
    struct kr_buffer out;
    const struct kmsrules_forecast *forecast;
    const kmsrules_forecast_pool *pool;
    int64_t start, end; /* of the time shown */
    uint64_t most;      /* count at the upper edge */
    int64_t shift;      /* of the panel, downwards */
};

/* ---- Writing ---- */

static void add(struct drawing *drawing, const char *text) { kr_buffer_add_string(&drawing->out, text); }

static void add_signed(struct drawing *drawing, int64_t number) {
    if (number < 0) add(drawing, "-");
    kr_buffer_add_number(&drawing->out, (uint64_t)(number < 0 ? -number : number));
}

/* Text from outside: what a reader would not see is spelt out, what XML would obey is referred to. */
static void add_text(struct drawing *drawing, const char *text) {
    struct kr_buffer seen = {0};
    kr_buffer_add_escaped(&seen, kr_text_of(text));
    for (size_t i = 0; i < seen.size && seen.data != NULL; i++) {
        const char *special = seen.data[i] == '&' ? "&amp;" : seen.data[i] == '<' ? "&lt;" : seen.data[i] == '>' ? "&gt;" : seen.data[i] == '"' ? "&quot;" : NULL;
        if (special != NULL) add(drawing, special);
        else kr_buffer_add(&drawing->out, (struct kr_text){&seen.data[i], 1});
    }
    if (seen.has_failed) drawing->out.has_failed = true;
    kr_buffer_free(&seen);
}

static void add_line(struct drawing *drawing, int64_t x1, int64_t y1, int64_t x2, int64_t y2, const char *look) {
    const char *const names[] = {"<line x1=\"", "\" y1=\"", "\" x2=\"", "\" y2=\""};
    const int64_t values[] = {x1, y1 + drawing->shift, x2, y2 + drawing->shift};
    for (size_t i = 0; i < 4; i++) add(drawing, names[i]), add_signed(drawing, values[i]);
    add(drawing, "\" ");
    add(drawing, look);
    add(drawing, "/>\n");
}

/* What stands between this and close_text() is the text. */
static void open_text(struct drawing *drawing, int64_t x, int64_t y, const char *look) {
    add(drawing, "<text x=\"");
    add_signed(drawing, x);
    add(drawing, "\" y=\"");
    add_signed(drawing, y + drawing->shift);
    add(drawing, "\" ");
    add(drawing, look);
    add(drawing, ">");
}

static void close_text(struct drawing *drawing) { add(drawing, "</text>\n"); }

/* ---- Places ---- */

static int64_t x_of(const struct drawing *drawing, int64_t time) { return LEFT + (RIGHT - LEFT) * (time - drawing->start) / (drawing->end - drawing->start); }

static int64_t y_of(const struct drawing *drawing, uint64_t count) { return BOTTOM - (int64_t)((BOTTOM - TOP) * count / drawing->most); }

static void choose_time(struct drawing *drawing) {
    const kmsrules_forecast_pool *pool = drawing->pool;
    int64_t as_of = drawing->forecast->content.as_of, first = pool->point_count > 0 ? pool->points[0].time : as_of;
    int64_t last = pool->step_count > 0 ? pool->steps[pool->step_count - 1].time : as_of;
    drawing->start = first > as_of - PAST_DAYS * KR_DAY ? first : as_of - PAST_DAYS * KR_DAY;
    drawing->start = (drawing->start / KR_DAY - 1) * KR_DAY;
    if (drawing->start < 0) drawing->start = 0;
    drawing->end = (last / KR_DAY + FUTURE_DAYS) * KR_DAY;
}

/* 1, 2, 5, 10, 20, 50 …: the least that makes few lines. */
static uint64_t step_of(uint64_t most) {
    uint64_t step = 1;
    for (int turn = 0; step * LINES < most; turn++) step = turn % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

static void choose_count(struct drawing *drawing) {
    uint64_t most = 4;
    for (size_t i = 0; i < drawing->pool->point_count; i++)
        if (drawing->pool->points[i].count > most) most = drawing->pool->points[i].count;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
        if (drawing->pool->minimums[kind] > most) most = drawing->pool->minimums[kind];
    drawing->most = most + most / 5 + 1;
}

/* ---- Parts of a panel ---- */

static void draw_frame(struct drawing *drawing) {
    uint64_t step = step_of(drawing->most);
    for (uint64_t count = 0; count <= drawing->most; count += step) {
        add_line(drawing, LEFT, y_of(drawing, count), RIGHT, y_of(drawing, count), "stroke=\"#d8d8d8\"");
        open_text(drawing, LEFT - 8, y_of(drawing, count) + 4, "text-anchor=\"end\"");
        kr_buffer_add_number(&drawing->out, count);
        close_text(drawing);
    }
    for (int64_t i = 0; i <= DATES; i++) {
        int64_t time = (drawing->start + (drawing->end - drawing->start) * i / DATES) / KR_DAY * KR_DAY, x = x_of(drawing, time);
        add_line(drawing, x, BOTTOM, x, BOTTOM + 6, "stroke=\"#222222\"");
        open_text(drawing, x, BOTTOM + 22, "text-anchor=\"middle\"");
        kr_date_add(&drawing->out, time);
        close_text(drawing);
    }
    add_line(drawing, LEFT, BOTTOM, RIGHT, BOTTOM, "stroke=\"#222222\"");
    add_line(drawing, LEFT, TOP, LEFT, BOTTOM, "stroke=\"#222222\"");
}

static void draw_gaps(struct drawing *drawing, int64_t y) {
    if (!kr_has_gaps(&drawing->forecast->content.gaps)) return;
    open_text(drawing, LEFT, y, "fill=\"#a00000\"");
    add(drawing, "Not complete: not all events could be read, or a limit was exceeded.");
    close_text(drawing);
}

static void draw_title(struct drawing *drawing) {
    const kmsrules_forecast_pool *pool = drawing->pool;
    const struct kmsrules_ruleset *ruleset = drawing->forecast->ruleset;
    open_text(drawing, LEFT, 30, "font-size=\"17\" font-weight=\"bold\"");
    add(drawing, "KMS count, ");
    add_text(drawing, pool->application == KR_NONE ? "Office" : ruleset->applications[pool->application].name);
    if (pool->host != NULL) add(drawing, " on "), add_text(drawing, pool->host);
    close_text(drawing);
    open_text(drawing, LEFT, BOTTOM + 46, "");
    add(drawing, "Clients (CMIDs) counted, by day in UTC. Dashed: if machines that are silent by now stay away.");
    close_text(drawing);
}

static void draw_thresholds(struct drawing *drawing) {
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        int64_t y = y_of(drawing, drawing->pool->minimums[kind]);
        if (drawing->pool->minimums[kind] > 0) add_line(drawing, LEFT, y, RIGHT, y, "stroke=\"#8a4b00\" stroke-width=\"1.5\" stroke-dasharray=\"2 3\"");
    }
}

static void label_thresholds(struct drawing *drawing) {
    static const char *const nouns[] = {"clients activate from ", "servers activate from ", "Office activates from "};
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        uint64_t minimum = drawing->pool->minimums[kind];
        if (minimum == 0) continue;
        open_text(drawing, LEFT + 6, y_of(drawing, minimum) + 15, "fill=\"#8a4b00\"" HALO);
        add(drawing, nouns[kind]);
        kr_buffer_add_number(&drawing->out, minimum);
        add(drawing, " on");
        close_text(drawing);
    }
}

static void add_place(struct drawing *drawing, int64_t x, int64_t y) {
    add(drawing, " ");
    add_signed(drawing, x);
    add(drawing, ",");
    add_signed(drawing, y + drawing->shift);
}

/* The count from `from` to `to` as a line of steps; what falls on one place is drawn once. */
static void draw_count(struct drawing *drawing, int64_t from, int64_t to, const char *look) {
    const kmsrules_forecast_pool *pool = drawing->pool;
    uint64_t count = 0;
    int64_t last_x = -1, last_y = -1;
    size_t i = 0;
    while (i < pool->point_count && pool->points[i].time <= from) count = pool->points[i++].count;
    add(drawing, "<polyline fill=\"none\" ");
    add(drawing, look);
    add(drawing, " points=\"");
    add_place(drawing, last_x = x_of(drawing, from), last_y = y_of(drawing, count));
    for (; i < pool->point_count && pool->points[i].time <= to; i++) {
        int64_t x = x_of(drawing, pool->points[i].time), y = y_of(drawing, pool->points[i].count);
        if (x == last_x && y == last_y) continue;
        if (x != last_x) add_place(drawing, x, last_y);
        add_place(drawing, last_x = x, last_y = y);
    }
    add_place(drawing, x_of(drawing, to), last_y);
    add(drawing, "\"/>\n");
}

static void draw_date(struct drawing *drawing) {
    int64_t as_of = drawing->forecast->content.as_of, x = x_of(drawing, as_of);
    add_line(drawing, x, TOP - 14, x, BOTTOM, "stroke=\"#a00000\" stroke-width=\"1.5\"");
    open_text(drawing, x, TOP - 20, "text-anchor=\"middle\" fill=\"#a00000\"");
    kr_date_add(&drawing->out, as_of);
    add(drawing, ": ");
    kr_buffer_add_number(&drawing->out, drawing->pool->count);
    close_text(drawing);
}

/* Where a threshold is lost. */
static void draw_losses(struct drawing *drawing) {
    for (size_t i = 0; i < drawing->pool->step_count; i++) {
        const kmsrules_forecast_step *step = &drawing->pool->steps[i];
        int64_t x = x_of(drawing, step->time), y = y_of(drawing, step->count);
        if (step->lost == 0) continue;
        add(drawing, "<circle cx=\"");
        add_signed(drawing, x);
        add(drawing, "\" cy=\"");
        add_signed(drawing, y + drawing->shift);
        add(drawing, "\" r=\"5\" fill=\"#a00000\"/>\n");
        if (x > RIGHT - LABEL) open_text(drawing, x - 10, y + 20, "text-anchor=\"end\" fill=\"#a00000\" font-weight=\"bold\"" HALO);
        else open_text(drawing, x + 10, y + 20, "fill=\"#a00000\" font-weight=\"bold\"" HALO);
        kr_date_add(&drawing->out, step->time);
        add(drawing, ": ");
        kr_buffer_add_number(&drawing->out, step->count);
        close_text(drawing);
    }
}

static void draw_pool(struct drawing *drawing) {
    int64_t as_of = drawing->forecast->content.as_of;
    choose_time(drawing);
    choose_count(drawing);
    draw_frame(drawing);
    draw_title(drawing);
    draw_thresholds(drawing);
    draw_count(drawing, drawing->start, as_of, "stroke=\"#10305c\" stroke-width=\"2.5\"");
    draw_count(drawing, as_of, drawing->end, "stroke=\"#10305c\" stroke-width=\"2.5\" stroke-dasharray=\"8 5\"");
    draw_date(drawing);
    label_thresholds(drawing);
    draw_losses(drawing);
    draw_gaps(drawing, BOTTOM + 64);
}

static void draw_nothing(struct drawing *drawing) {
    open_text(drawing, LEFT, 60, "");
    add(drawing, "No request was accepted until then: nothing is counted.");
    close_text(drawing);
    draw_gaps(drawing, 84);
}

kmsrules_status kmsrules_forecast_draw(const kmsrules_forecast *forecast, char **text, size_t *size) {
    if (forecast == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct drawing drawing = {.forecast = forecast};
    size_t count = forecast->content.pool_count;
    uint64_t height = (count == 0 ? 1 : count) * PANEL;
    add(&drawing, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" height=\"");
    kr_buffer_add_number(&drawing.out, height);
    add(&drawing, "\" viewBox=\"0 0 960 ");
    kr_buffer_add_number(&drawing.out, height);
    add(&drawing, "\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">\n<title>KMS counts over time</title>\n<rect width=\"960\" height=\"");
    kr_buffer_add_number(&drawing.out, height);
    add(&drawing, "\" fill=\"#ffffff\"/>\n");
    for (size_t i = 0; i < count; i++) {
        drawing.pool = &forecast->content.pools[i];
        drawing.shift = (int64_t)i * PANEL;
        draw_pool(&drawing);
    }
    if (count == 0) draw_nothing(&drawing);
    add(&drawing, "</svg>\n");
    size_t written = drawing.out.size;
    char *finished = kr_buffer_finish(&drawing.out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}
