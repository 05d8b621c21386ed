# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The server's CPU utilisation over time, in `unit`.

width = 500; height = 60 + (n * 16 > 160 ? n * 16 : 160)
foot = 0
load scripts.'/page.gp'
set label 1 figure_title at screen 0.5,1 - 10. / height center noenhanced
quantity = unit.' of one core (mean of 0.5 s)'
load scripts.'/over-time.gp'
set output
