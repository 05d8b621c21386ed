# The distribution of display latency, drawn from "latency NAME.csv" for each
# line NAME of the file "names". Set `terminal` to svg or png.

if (terminal eq 'svg') {
    set terminal svg size 900,560 font 'Helvetica,14' background 'white'
} else {
    set terminal pngcairo size 900,560 font 'Helvetica,12'
}
set output 'latency.'.terminal

# One colour a path, one dash a sink, in every plot.
colour(name) = word(name, 1) eq 'gpu-module' ? 0x0072b2 : \
               word(name, 1) eq 'stream-device' ? 0xd55e00 : \
               word(name, 1) eq 'stream-device+trailer' ? 0xe69f00 : 0x666666
dashes(name) = word(name, 2) eq 'overlay' ? 2 : word(name, 2) eq 'overlay-sync' ? 4 : \
               word(name, 2) eq 'receive-only' ? 3 : 1
weight(name) = word(name, 1) eq 'gpu-module' ? 4 : 2

set datafile separator ','
set title 'Planned capture to shown picture: all slots after the first second, all repeats together'
set xlabel 'latency (ms, logarithmic)'
set ylabel 'slots shown within that time (%)'
set logscale x
set xrange [0.1:1000]
set yrange [0:105]
set ytics 20
set grid xtics ytics lc rgb '#dddddd'
set key outside bottom center horizontal maxcols 3 samplen 3
set bmargin 8
set border 3
set tics nomirror

names = system('cat names')
count = words(system("sed 's/ /@/' names"))
entry(i) = system(sprintf("sed -n %dp names", i))
plot for [i = 1:count] 'latency '.entry(i).'.csv' using 1:2 skip 1 with lines \
     lc rgb colour(entry(i)) dt dashes(entry(i)) lw weight(entry(i)) title entry(i)
