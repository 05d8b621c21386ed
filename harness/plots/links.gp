# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# Latency (above) and the age of the picture (below) against the rate of the network
# link. Besides what every script gets (see figure.c): unit, of both; rate[i] and
# link[i] of the `links` links, the places and the texts of the x axis.

columns = floor(480 / (label_width + 70.))
strip = 6 + ceil(n / (columns * 1.)) * 13
width = 500; panel = 160.; foot = 40 + strip
height = 40 + 2 * panel + 14 + foot
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
set logscale xy
set xrange [rate[1] / 1.5:rate[links] * 1.5]
set lmargin at screen 0.1
set rmargin at screen 0.97
set grid xtics ytics
unset key
set ytics format '%g'

set tmargin at screen 1 - 40. / height
set bmargin at screen (foot + panel + 14.) / height
set xtics ('' rate[1])
do for [i = 2:links] { set xtics add ('' rate[i]) }
set label 1 'latency t_7 − t_0, p50 ('.unit.')' at graph 0,1.05
plot for [i = 1:n] csv using (strcol(1) eq label[i] ? $3 : NaN):6:7:8 skip 1 with yerrorbars ls i lw 0.6 pt -1 notitle, \
     for [i = 1:n] csv using (strcol(1) eq label[i] ? $3 : NaN):6 skip 1 with linespoints ls i notitle

set tmargin at screen (foot + panel) / height
set bmargin at screen foot / height
set xtics (link[1] rate[1])
do for [i = 2:links] { set xtics add (link[i] rate[i]) }
set label 1 'age of the picture shown, p50 ('.unit.')' at graph 0,1.05
plot for [i = 1:n] csv using (strcol(1) eq label[i] ? $3 : NaN):9:10:11 skip 1 with yerrorbars ls i lw 0.6 pt -1 notitle, \
     for [i = 1:n] csv using (strcol(1) eq label[i] ? $3 : NaN):9 skip 1 with linespoints ls i notitle

load scripts.'/key-strip.gp'
set key maxcols columns
plot for [i = 1:n] NaN with linespoints ls i title label[i]
unset multiplot
set output
