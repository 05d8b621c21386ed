# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# What the client shows around a switch, one row for each case: above the
# pictures of the vGPU, below those of the pGPU, the gap between them as a bar.
# any_in, end_in (and _out): whether any case switched, and where the time axis
# ends. text_in[i], x_in[i], gap_in[i]: the text above a row, its place, and
# whether it is the length of a gap. unit: of the time axis.

width = 500; strip = 30; height = 104 + n * 32
load scripts.'/page.gp'
set multiplot title figure_title noenhanced
set border 1
set grid noytics
set tmargin at screen 1 - 40. / height
set bmargin at screen 64. / height
set yrange [n + 0.5:0.5]
set ytics scale 0 noenhanced (label[1] 1)
set for [i = 1:n] ytics add (label[i] i)
unset key
set style fill solid 1 noborder
set arrow 1 from 0,graph 0 to 0,graph 1 nohead lc rgb 'black' lw 1 dt (4,3)
from(ms) = ms < -250 ? -250 : ms # a gap may begin before the time axis
at(direction, source, i) = strcol(1) eq label[i] && strcol(2) eq direction && strcol(3) eq source

# The text above a row. Not plotted "with labels" from the CSV: gnuplot 5.4 may
# crash where a label's place is undefined.
text_of(s, i) = s == 1 ? text_in[i] : text_out[i]
place_of(s, i) = s == 1 ? x_in[i] : x_out[i]
is_gap(s, i) = s == 1 ? gap_in[i] : gap_out[i]

array side[2] = ['in', 'out']
array any[2] = [any_in, any_out]
array end[2] = [end_in, end_out]
array event[2] = ['port opened', 'port closed']
left = (label_width + 12.) / width
middle = (left + 0.96) / 2
right = any_in && any_out ? middle : 0.97
do for [s = 1:2] {
    if (any[s]) {
        set lmargin at screen left
        set rmargin at screen right
        set label 1 'switch '.side[s] at graph 0,1.06
        set xlabel unit.' since the VM''s '.event[s] offset 0,0.4
        set xrange [-250:end[s]]
        set xtics end[s] > 1500 ? 500 : end[s] > 500 ? 200 : 100
        do for [i = 1:n] {
            unset label 10 + i
            if (text_of(s, i) ne '' && is_gap(s, i)) {
                set label 10 + i text_of(s, i) at place_of(s, i),i - 0.4 center boxed front noenhanced
            }
            if (text_of(s, i) ne '' && !is_gap(s, i)) {
                set label 10 + i text_of(s, i) at place_of(s, i),i - 0.4 right offset 0.5,0 boxed front noenhanced
            }
        }
        plot for [i = 1:n] more using (strcol(1) eq label[i] && strcol(2) eq side[s] ? $4 : NaN):(i):(from($4)):5:(i - 0.28):(i + 0.28) skip 1 \
                 with boxxyerror lc rgb '#c8c8c8' notitle, \
             for [i = 1:n] csv using (at(side[s], 'vgpu', i) ? $5 : NaN):(i - 0.13) skip 1 with points pt 6 ps 0.6 lc rgb 'black' notitle, \
             for [i = 1:n] csv using (at(side[s], 'black', i) ? $5 : NaN):(i - 0.13) skip 1 with points pt 2 ps 0.6 lc rgb 'black' notitle, \
             for [i = 1:n] csv using (at(side[s], 'pgpu', i) ? $5 : NaN):(i + 0.13) skip 1 with points pt 7 ps 0.6 lc rgb colour[i] notitle
        left = middle + 0.04
        right = 0.97
        unset ytics
    }
}

load scripts.'/key-strip.gp'
set key samplen 1 maxrows 1
plot NaN with points pt 6 ps 0.6 lc rgb 'black' title 'vGPU', \
     NaN with points pt 7 ps 0.6 lc rgb '#444444' title 'pGPU', \
     NaN with points pt 2 ps 0.6 lc rgb 'black' title 'black', \
     NaN with boxes lc rgb '#c8c8c8' title 'gap: no new picture on that channel'
unset multiplot
set output
