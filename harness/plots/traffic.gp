# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# Traffic over time, and below it the median of the repeats. In Mbit/s: a thousandth
# of traffic_kbps, as in the summary.

foot = 46 + n * 15
width = 500; height = foot + 60 + (n * 16 > 150 ? n * 16 : 150)
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
quantity = 'Mbit/s (mean of 0.5 s)'
load scripts.'/over-time.gp'

unset logscale y
unset label
unset key
set tmargin at screen (foot - 10.) / height
set bmargin at screen 34. / height
set yrange [n + 0.6:0.4]
unset ytics
unset ylabel
set border 1
set xrange [*:*]
set xlabel 'Mbit/s over all slots: median, lowest and highest of the repeats'
base = 0
if (logarithmic) {
    set logscale x
    base = 10 ** floor(log10(lowest))
    set xrange [base:highest * 2.5]
} else { set xrange [0:highest * 1.15] }
set style fill solid 1
do for [i = 1:n] { set label i label[i] at screen right + 0.03,first i noenhanced }
number(x) = x < 10 ? sprintf('%.2f', x) : x < 100 ? sprintf('%.1f', x) : sprintf('%.0f', x)
plot for [i = 1:n] more using (strcol(1) eq label[i] ? $3 : NaN):(i):(base):3:(i - 0.32):(i + 0.32) skip 1 \
         with boxxyerror lc rgb colour[i] notitle, \
     for [i = 1:n] more using (strcol(1) eq label[i] ? $3 : NaN):(i):4:5 skip 1 \
         with xerrorbars lc rgb 'black' lw 0.8 pt -1 notitle, \
     for [i = 1:n] more using (strcol(1) eq label[i] ? $5 : NaN):(i):(number($3)) skip 1 \
         with labels left offset 0.5,0 notitle
unset multiplot
set output
