# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# A mediated vGPU by load and policy: the frames a second relative to native, the traps and the
# time of the reconstruction for one submission. load[i] of `loads`, policy[i] and tone[i] of
# `policies` (see policies.c).

width = 500; panel = 110.; gap = 34.; strip = 34
height = 44 + 3 * panel + 2 * gap + 24 + strip
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
set lmargin at screen 0.09
set rmargin at screen 0.98
set xrange [0.5:loads + 0.5]
set grid noxtics ytics
set style fill solid 1 noborder
set boxwidth 0.86 / policies
set xtics ('' 1) scale 0
place(l, p) = l + (p - 0.5 - policies / 2.) * 0.9 / policies
top(k) = 1 - (44 + (k - 1) * (panel + gap)) / height
bottom(k) = top(k) - panel / height
# A bar for 0 on a logarithmic axis is a line at its foot.
at_least(x, least) = x > least ? x : least * 1.06

set tmargin at screen top(1)
set bmargin at screen bottom(1)
set yrange [0:112]
set ytics 25
set label 1 'frames a second, % of native (whiskers: all repeats)' at graph 0,1.09
unset key
plot for [p = 1:policies] csv using ($4 == p ? place($3, p) : NaN):5 skip 1 with boxes lc rgb tone[p] notitle, \
     for [p = 1:policies] csv using ($4 == p ? place($3, p) : NaN):6:(0):($7 - $6) skip 1 with vectors nohead lc rgb '#000000' lw 0.8 notitle, \
     for [p = 1:policies] csv using ($4 == p && $5 < 10 ? place($3, p) : NaN):($5 + 2):(sprintf('%.1f', $5)) skip 1 with labels rotate left notitle

set tmargin at screen top(2)
set bmargin at screen bottom(2)
set logscale y
set yrange [0.1:*]
set ytics autofreq format '%g'
set label 1 'traps for one submission (logarithmic; none: a line)' at graph 0,1.09
plot for [p = 1:policies] csv using ($4 == p ? place($3, p) : NaN):(at_least($8, 0.1)) skip 1 with boxes lc rgb tone[p] notitle

set tmargin at screen top(3)
set bmargin at screen bottom(3)
set label 1 'reconstruction for one submission, us (logarithmic)' at graph 0,1.09
set for [i = 1:loads] xtics add (load[i] i)
plot for [p = 1:policies] csv using ($4 == p ? place($3, p) : NaN):(at_least($9, 0.1)) skip 1 with boxes lc rgb tone[p] notitle

load scripts.'/key-strip.gp'
set key samplen 1.5 maxcols 5
plot for [p = 1:policies] NaN with boxes fs solid 1 noborder lc rgb tone[p] title policy[p]
unset multiplot
set output
