# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The page of a figure. `width` and `height` are in points of 1/72 inch: the width
# of a paper's page, and the height that the figure needs. The output, name.format,
# is larger, so that hatching is fine enough when a paper scales it down.

if (format eq 'svg') {
    set terminal svg size width*1.5,height*1.5 font 'Helvetica,12' background 'white'
} else { if (format eq 'png') {
    set terminal pngcairo size width*3,height*3 font 'Helvetica,8' fontscale 2.25 linewidth 3 pointscale 2.2
} else {
    set terminal pdfcairo size width/36.,height/36. font 'Helvetica,8' fontscale 1.5 linewidth 2 pointscale 1.1
} }
set output name.'.'.format

set datafile separator ','
set border 3
set tics nomirror out scale 0.5
set grid lc rgb '#d0d0d0' lw 0.6 dt solid
set key noenhanced
set style textbox opaque noborder margins 0.3,0.1
