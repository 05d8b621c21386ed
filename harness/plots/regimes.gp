# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The regime map: for each number of writes a page and each churn the cheapest policy, as a colour
# and by name, what it costs, and how far auto is behind it. Column and row are the places of a cell.

width = 500; height = 330
load scripts.'/page.gp'
set title figure_title noenhanced
set border 0
unset grid
set lmargin at screen 0.1
set rmargin at screen 0.98
set bmargin at screen 0.14
set tmargin at screen 0.9
set xtics scale 0
set ytics scale 0
stats csv using 3 skip 1 nooutput
columns = int(STATS_max)
stats csv using 4 skip 1 nooutput
rows = int(STATS_max)
set xrange [0.5:columns + 0.5]
set yrange [0.5:rows + 0.5]
set xlabel 'writes a page and submission'
set ylabel 'churn: share of the hot pages that are others the next time'
unset key
dark(c) = ((int(c) >> 16) & 255) * 0.3 + ((int(c) >> 8) & 255) * 0.59 + (int(c) & 255) * 0.11 < 130
ink(c) = dark(c) ? 0xffffff : 0x000000
number(x) = x < 10 ? sprintf('%.1f us', x) : sprintf('%.0f us', x)
plot csv using 3:4:(0.48):(0.48):6:xtic(1):ytic(sprintf('%g %%', $2)) skip 1 with boxxyerror fs solid 1 noborder lc rgb variable notitle, \
     csv using 3:($4 + 0.24):(strcol(5)):(ink($6)) skip 1 with labels tc rgb variable notitle, \
     csv using 3:4:(number($7)):(ink($6)) skip 1 with labels tc rgb variable notitle, \
     csv using 3:($4 - 0.24):(sprintf('auto %+.0f %%', $9)):(ink($6)) skip 1 with labels tc rgb variable notitle
set output
