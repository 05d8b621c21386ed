# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The distribution of display latency, and its tail. Besides what every script
# gets (see figure.c): unit, of the latency; worst[i] and never[i], where a curve
# ends; least, most and share, the ends of the axes, in whole decades.

columns = floor(480 / (label_width + 70.))
strip = 6 + ceil(n / (columns * 1.)) * 13
width = 500; height = 210 + strip
load scripts.'/page.gp'
foot = (34. + strip) / height
set multiplot title figure_title noenhanced
set logscale x
set xrange [least:most]
set xlabel 'latency t_7 − t_0 ('.unit.')' offset 0,0.4
set bmargin at screen foot
set tmargin at screen 1 - 34. / height
set grid xtics ytics

# Marks a curve only where it enters another `level`, so that the points lie apart.
level_before = 0
mark(i, level) = strcol(1) eq label[i] && level != level_before ? (level_before = level, 1) : 0

set lmargin at screen 0.08
set rmargin at screen 0.48
set label 1 'shown within' at graph 0,1.05 noenhanced
set ylabel 'slots (%)' offset 1.5,0
set yrange [0:100]
set ytics 20
unset key
plot for [i = 1:n] csv using (strcol(1) eq label[i] ? $2 : NaN):3 skip 1 with steps ls i notitle, \
     for [i = 1:n] csv using (mark(i, floor(($3 + 4 * i) / 25)) ? $2 : NaN):3 skip 1 with points ls i notitle

set lmargin at screen 0.585
set rmargin at screen 0.975
set label 1 'shown later, or never' at graph 0,1.05 noenhanced
set ylabel offset 1,0
set logscale y
set yrange [share:100]
set ytics autofreq
set format y '10^{%T}'
set ytics add ('100' 100, '10' 10, '1' 1, '0.1' 0.1, '0.01' 0.01)
do for [i = 1:n] {
    if (never[i] >= share) { set arrow from worst[i],never[i] to most,never[i] nohead ls i }
}
plot for [i = 1:n] csv using (strcol(1) eq label[i] && $4 >= share ? $2 : NaN):4 skip 1 with steps ls i notitle, \
     for [i = 1:n] csv using ($4 >= share && mark(i, floor(log($4) * 1.5)) ? $2 : NaN):4 skip 1 with points ls i notitle

load scripts.'/key-strip.gp'
set key maxcols columns
plot for [i = 1:n] NaN with linespoints ls i title label[i]
unset multiplot
set output
