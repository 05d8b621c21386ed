# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# What a client sees of a vGPU by policy, and of the pGPU: display latency, median (dark) and 99th
# percentile (light), on the left, and the frames a second that it is shown on the right. most_ms and
# most_fps: the longest bars.

width = 500; height = 90 + n * 24
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
set border 1
set grid noytics
set tmargin at screen 1 - 46. / height
set bmargin at screen 40. / height
set yrange [n + 0.6:0.4]
set style fill solid 1 noborder
unset key
number(x) = x < 10 ? sprintf('%.2f', x) : sprintf('%.1f', x)

set lmargin at screen 0.13
set rmargin at screen 0.6
set logscale x
set xtics autofreq format '%g'
set ytics scale 0 noenhanced
set xlabel 'ms, logarithmic' offset 0,0.5
set label 1 'display latency, median and 99th percentile' at graph 0,1.06
set xrange [1:most_ms * 6]
plot csv using 4:1:(1):7:($1 - 0.32):($1 + 0.32):3:ytic(2) skip 1 with boxxyerror fs transparent solid 0.35 noborder lc rgb variable notitle, \
     csv using 4:1:(1):4:($1 - 0.32):($1 + 0.32):3 skip 1 with boxxyerror lc rgb variable notitle, \
     csv using 7:1:(' '.number($4).' / '.number($7)) skip 1 with labels left notitle

unset logscale
set lmargin at screen 0.7
set rmargin at screen 0.94
unset ytics
set xlabel '1/s' offset 0,0.5
set xrange [0:most_fps * 1.05]
set label 1 'frames shown' at graph 0,1.06
plot csv using 10:1:(0):10:($1 - 0.32):($1 + 0.32):3 skip 1 with boxxyerror lc rgb variable notitle, \
     csv using 10:1:(' '.number($10)) skip 1 with labels left notitle
unset multiplot
set output
