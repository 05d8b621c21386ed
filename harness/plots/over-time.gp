# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# Curves over the time since the first slot, with the key beside them. The
# loading script has set `quantity`, `foot` (below the curves, in points) and
# `height`.

right = 1 - (label_width + 62.) / width

set lmargin at screen 0.085
set rmargin at screen right
set tmargin at screen 1 - 24. / height
set bmargin at screen (foot + 34.) / height
set xlabel 'time since the first slot (s)' offset 0,0.4
set ylabel quantity offset 1.5,0
set xrange [0:seconds]
if (logarithmic) { set logscale y } else { set yrange [0:*] }
set key at screen right + 0.02,1 - 24. / height left top Left reverse samplen 5 spacing 1.15
if (curves) {
    plot for [i = 1:n] csv using (strcol(1) eq label[i] ? $2 : NaN):3 skip 1 \
         with linespoints ls i pointinterval 4 title label[i]
} else {
    unset ytics
    set yrange [1:10] # leaves out the lines, which are plotted for the key only
    set label 1 'no samples over time' at graph 0.5,0.5 center noenhanced
    plot for [i = 1:n] 0 with linespoints ls i title label[i]
}
