# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The strip at a page's bottom for a key that belongs to all panels: an empty
# panel `strip` points high, in which the loading script plots the titles.

unset label
unset arrow
unset xlabel
unset ylabel
unset tics
unset border
unset grid
unset logscale
set lmargin at screen 0.01
set rmargin at screen 0.99
set bmargin at screen 0.005
set tmargin at screen strip / height
set xrange [0:1]
set yrange [0:1]
set key at screen 0.5,strip / 2. / height center center horizontal Left reverse samplen 4 width 1
