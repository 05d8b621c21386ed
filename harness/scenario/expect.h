/*
 * expect: what a scenario expects of a run, and whether a run met it.
 *
 * Expectations are about pictures and their order, never about time. An
 * expectation that is not stated, or is "any", is not judged.
 */
#ifndef VDIBENCH_EXPECT_H
#define VDIBENCH_EXPECT_H

#include <glib.h>

typedef struct {
    char *sources;           /* "vgpu?;pgpu;vgpu": in order, on the vGPU's display channel; one
                              * with '?' may be missing */
    char *other_channel;     /* the same on any other display channel, "" for none */
    char *second_client;     /* the second client's sources */
    double wrong_pixels;     /* at most, in each comparison with the vGPU; NAN: any */
    double pictures_blank;   /* at most; NAN: any */
    double pictures_torn;    /* at most; NAN: any */
    double frames_planned;   /* at most; NAN: any */
    double frames_early;     /* at most; NAN: any */
    double frames_lost;      /* at most; NAN: any */
    double frames_dropped;   /* at most; NAN: any */
    double frames_undecoded; /* at most; NAN: any */
    double frames_held_back; /* at most; NAN: any */
    double frames_behind;    /* at most; NAN: any */
    double second_frames_broken; /* at most; NAN: any */
    double second_frames_unshown; /* at most; NAN: any */
    double pgpu_psnr_db_min; /* of each comparison with the recording; NAN: any */
} Expect;

/* What was seen in a run; NAN or NULL where nothing was. */
typedef struct {
    char *sources;
    char *other_channel;
    char *second_client;
    double wrong_pixels;
    double pictures_blank;
    double pictures_torn;
    double frames_planned;
    double frames_early; /* captured before any client was there */
    double frames_lost;
    double frames_dropped;
    double frames_undecoded;
    double frames_held_back;
    double frames_behind;
    double second_frames_broken;
    double second_frames_unshown;
    double pgpu_psnr_db;
} Seen;

/* Nothing expected. */
void expect_init(Expect *expect);
void expect_copy(Expect *to, const Expect *from);
void expect_finish(Expect *expect);

/* Sets one expectation from a scenario's key and value; `error` says what is
 * allowed. */
gboolean expect_set(Expect *expect, const char *key, const char *value, GError **error);

/* One key=value line each, for people; free it. */
char *expect_text(const Expect *expect);

/* NULL when all is as expected; otherwise why not, in one line; free it. */
char *expect_judge(const Expect *expect, const Seen *seen);

void seen_finish(Seen *seen);

#endif
