# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# Processor time per frame as horizontal bars, stacked from the processes and
# threads: on the left all of them, on the right the server alone. most_total
# and most_server: the longest bar of each panel. unit: of the time.

parts = 6
array part[parts] = ['server: main loop', 'server: SPICE Worker', 'server: other threads', 'client', 'agent', 'encoder']
array fill[parts] = [3, 2, 1, 4, 0, 5]
width = 500; strip = 30; height = 102 + n * 17
left = (label_width + 12.) / width
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
set border 1
set grid noytics
set tmargin at screen 1 - 40. / height
set bmargin at screen 62. / height
set yrange [n + 0.6:0.4]
set ytics scale 0 noenhanced (label[1] 1)
set for [i = 1:n] ytics add (label[i] i)
set xlabel unit offset 0,0.5
set xtics autofreq
set style fill pattern border
set boxwidth 0.7

number(x) = x < 1 ? sprintf('%.3f', x) : x < 10 ? sprintf('%.2f', x) : sprintf('%.1f', x)
sum_to(to) = sum [k = 1:to] column(2 + k)

set lmargin at screen left
set rmargin at screen (left + 0.95) / 2
set label 1 'all processes' at graph 0,1.06
set xrange [0:most_total * 1.18]
unset key
plot for [p = 1:parts] for [i = 1:n] csv using (sum_to(p)):(strcol(1) eq label[i] ? i : NaN):(sum_to(p - 1)):(sum_to(p)):(i - 0.35):(i + 0.35) skip 1 \
         with boxxyerror fill pattern fill[p] lc rgb colour[i] notitle, \
     for [i = 1:n] csv using (sum_to(parts)):(strcol(1) eq label[i] ? i : NaN):11:12 skip 1 with xerrorbars lc rgb 'black' lw 0.8 pt -1 notitle, \
     for [i = 1:n] csv using 12:(strcol(1) eq label[i] ? i : NaN):(number(sum_to(parts))) skip 1 with labels left offset 0.5,0 notitle

set lmargin at screen (left + 0.95) / 2 + 0.035
set rmargin at screen 0.98
set label 1 'server alone' at graph 0,1.06
unset ytics
set xrange [0:most_server * 1.18]
plot for [p = 1:3] for [i = 1:n] csv using (sum_to(p)):(strcol(1) eq label[i] ? i : NaN):(sum_to(p - 1)):(sum_to(p)):(i - 0.35):(i + 0.35) skip 1 \
         with boxxyerror fill pattern fill[p] lc rgb colour[i] notitle, \
     for [i = 1:n] csv using (sum_to(3)):(strcol(1) eq label[i] ? i : NaN):9:10 skip 1 with xerrorbars lc rgb 'black' lw 0.8 pt -1 notitle, \
     for [i = 1:n] csv using 10:(strcol(1) eq label[i] ? i : NaN):(number(sum_to(3))) skip 1 with labels left offset 0.5,0 notitle

load scripts.'/key-strip.gp'
set key samplen 2 maxcols 3
plot for [p = 1:parts] NaN with boxes fill pattern fill[p] lc rgb '#444444' title part[p]
unset multiplot
set output
