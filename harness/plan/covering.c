#include "harness/plan/covering.h"

typedef struct {
    const CoveringCell *cells;
    guint n;
    guint values[COVERING_FACTORS];                     /* how many each factor has */
    guint first[COVERING_FACTORS][COVERING_FACTORS];    /* index of the first pair of two factors */
    guint *round;       /* of each pair: in which round it was covered last; 0: never */
    gboolean *is_taken; /* of each cell */
    guint now;          /* the present round, from 1 */
} Search;

static void search_begin(Search *search, const CoveringCell *cells, guint n)
{
    guint pairs = 0;

    *search = (Search){.cells = cells, .n = n, .now = 1};
    for (guint i = 0; i < n; i++) {
        for (guint f = 0; f < COVERING_FACTORS; f++)
            search->values[f] = MAX(search->values[f], cells[i].value[f] + 1);
    }
    for (guint a = 0; a < COVERING_FACTORS; a++) {
        for (guint b = a + 1; b < COVERING_FACTORS; b++) {
            search->first[a][b] = pairs;
            pairs += search->values[a] * search->values[b];
        }
    }
    search->round = g_new0(guint, pairs + 1);
    search->is_taken = g_new0(gboolean, n + 1);
}

static void search_end(Search *search)
{
    g_free(search->round);
    g_free(search->is_taken);
}

static guint *round_of(const Search *search, const CoveringCell *cell, guint a, guint b)
{
    guint pair = search->first[a][b] + cell->value[a] * search->values[b] + cell->value[b];
    return &search->round[pair];
}

/* How many pairs of the cell this round has not covered. */
static guint count_new(const Search *search, const CoveringCell *cell)
{
    guint count = 0;
    for (guint a = 0; a < COVERING_FACTORS; a++) {
        for (guint b = a + 1; b < COVERING_FACTORS; b++)
            count += *round_of(search, cell, a, b) != search->now;
    }
    return count;
}

/* How many no round has covered. */
static guint count_missing(const Search *search, const CoveringCell *cell)
{
    guint count = 0;
    for (guint a = 0; a < COVERING_FACTORS; a++) {
        for (guint b = a + 1; b < COVERING_FACTORS; b++)
            count += *round_of(search, cell, a, b) == 0;
    }
    return count;
}

static void cover(const Search *search, const CoveringCell *cell)
{
    for (guint a = 0; a < COVERING_FACTORS; a++) {
        for (guint b = a + 1; b < COVERING_FACTORS; b++)
            *round_of(search, cell, a, b) = search->now;
    }
}

/* The cell that gives the most for its cost and fits; n when there is none. */
static guint best_cell(const Search *search, double left_seconds)
{
    guint best = search->n;
    double best_gain = 0;

    for (guint i = 0; i < search->n; i++) {
        const CoveringCell *cell = &search->cells[i];
        if (search->is_taken[i] || cell->cost_seconds > left_seconds)
            continue;
        double gain = count_new(search, cell) / cell->cost_seconds;
        if (gain > best_gain) {
            best_gain = gain;
            best = i;
        }
    }
    return best;
}

/* All pairs that occur: what choosing every cell would cover. */
static guint count_pairs(const CoveringCell *cells, guint n)
{
    Search all;
    guint pairs = 0;

    search_begin(&all, cells, n);
    for (guint i = 0; i < n; i++) {
        pairs += count_new(&all, &cells[i]);
        cover(&all, &cells[i]);
    }
    search_end(&all);
    return pairs;
}

Covering *covering_create(const CoveringCell *cells, guint n, double budget_seconds)
{
    Covering *covering = g_new0(Covering, 1);
    gboolean found = FALSE; /* in this round */
    Search search;

    search_begin(&search, cells, n);
    covering->choices = g_array_new(FALSE, FALSE, sizeof(CoveringChoice));
    covering->pairs_all = count_pairs(cells, n);
    for (;;) {
        guint best = best_cell(&search, budget_seconds - covering->cost_seconds);
        if (best == n) {
            if (!found)
                break; /* not even in a new round: all are taken, or none fits */
            search.now++;
            found = FALSE;
            continue;
        }
        /* What the first round could not afford no later one can. */
        CoveringChoice choice = {best, search.now == 1 ? count_new(&search, &cells[best]) : 0};
        cover(&search, &cells[best]);
        g_array_append_val(covering->choices, choice);
        covering->pairs_covered += choice.new_pairs;
        covering->cost_seconds += cells[best].cost_seconds;
        search.is_taken[best] = TRUE;
        found = TRUE;
    }
    covering->missing = g_new0(guint, n + 1);
    for (guint i = 0; i < n; i++)
        covering->missing[i] = count_missing(&search, &cells[i]);
    search_end(&search);
    return covering;
}

void covering_free(Covering *covering)
{
    if (!covering)
        return;
    g_array_unref(covering->choices);
    g_free(covering->missing);
    g_free(covering);
}
