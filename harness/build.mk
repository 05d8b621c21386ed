# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The harness: the program vdibench and what it is made of.
HARNESS_GLIB := glib-2.0 gio-2.0 gio-unix-2.0
SCENARIO_SOURCES := $(addprefix harness/scenario/,scenario.c scenario-text.c contradiction.c timeline.c \
    expect.c metric.c route.c) harness/scenario/file-name.c
PLAN_SOURCES := $(addprefix harness/plan/,case.c plan.c design.c covering.c estimate.c workload.c) \
    media/decoder.c
RUN_SOURCES := $(addprefix harness/run/,run-place.c testbed.c viewer.c processes.c link.c \
    observe-cpu.c observe-module.c observe-server.c environment.c pgpu.c) harness/instrument/child.c \
    $(addprefix harness/vm/,vm.c vm-words.c sim/vm-class.c relay/vm-class.c)
JOIN_SOURCES := $(addprefix harness/evaluate/,rows.c join.c join-film.c handover.c)
METRICS_SOURCES := $(JOIN_SOURCES) $(addprefix harness/evaluate/,metrics.c quality.c cpu-use.c) \
    harness/instrument/samples.c harness/statistics/stats.c
SESSIONS_SOURCES := $(addprefix harness/sessions/,sessions.c capacity.c punctuality.c)
RESULT_SOURCES := $(SCENARIO_SOURCES) $(METRICS_SOURCES) harness/plan/case.c harness/evaluate/outcome.c \
    $(addprefix harness/result/,result.c result-read.c result-write.c functions.c comparison.c)
EXPORTS_SOURCES := $(RESULT_SOURCES) $(addprefix harness/report/,exports.c markup.c) harness/result/csv.c
PLOTS_SOURCES := $(addprefix harness/plots/,plots.c figure.c group.c counter.c over-time.c \
    cpu-per-frame.c latency.c switching.c)
VDIBENCH_SOURCES := $(sort $(wildcard harness/vdibench/*.c) harness/scenario/catalog.c $(PLAN_SOURCES) $(RUN_SOURCES) \
    $(SESSIONS_SOURCES) $(EXPORTS_SOURCES) $(PLOTS_SOURCES) $(RECORDING_SOURCES) \
    $(addprefix harness/evaluate/,evaluate.c reference.c) \
    media/barcode.c harness/instrument/folder.c media/picture.c harness/instrument/words.c \
    $(addprefix harness/report/,table.c definitions.c summary.c report.c report-figures.c) \
    $(addprefix gpu-module/,counters.c counters-map.c))
$(eval $(call program,vdibench,$(VDIBENCH_SOURCES),$(HARNESS_GLIB) json-glib-1.0 libpng \
    $(RECORDING_MODULES),-lm))

$(eval $(call unit_test,test-file-name,harness/scenario/tests/test-file-name.c harness/scenario/file-name.c,glib-2.0))
$(eval $(call unit_test,test-pty-port,protocol/host/tests/test-pty-port.c protocol/host/pty-port.c,gio-2.0))
$(eval $(call unit_test,test-unix-socket,protocol/host/tests/test-unix-socket.c protocol/host/unix-socket.c,glib-2.0))
$(eval $(call unit_test,test-words,harness/instrument/tests/test-words.c harness/instrument/words.c,glib-2.0))
$(eval $(call unit_test,test-barcode,media/tests/test-barcode.c media/barcode.c))
$(eval $(call unit_test,test-picture,media/tests/test-picture.c harness/instrument/folder.c media/picture.c,\
    gio-2.0 libpng,-lm))
$(eval $(call unit_test,test-h264-sps,media/tests/test-h264-sps.c media/h264-sps.c,gstreamer-codecparsers-1.0))
$(eval $(call unit_test,test-covering,harness/plan/tests/test-covering.c harness/plan/covering.c,glib-2.0))
$(eval $(call unit_test,test-pgpu,harness/run/tests/test-pgpu.c harness/run/pgpu.c,glib-2.0))
$(eval $(call unit_test,test-stats,harness/statistics/tests/test-stats.c harness/statistics/stats.c,,-lm))
$(eval $(call unit_test,test-scenario,harness/scenario/tests/test-scenario.c harness/plan/case.c $(SCENARIO_SOURCES),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-timeline,harness/scenario/tests/test-timeline.c harness/scenario/timeline.c harness/scenario/route.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-expect,harness/scenario/tests/test-expect.c $(addprefix harness/scenario/,expect.c metric.c),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-join,harness/evaluate/tests/test-join.c $(JOIN_SOURCES),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-join-film,harness/evaluate/tests/test-join-film.c $(JOIN_SOURCES),$(HARNESS_GLIB)))
$(eval $(call unit_test,test-handover,harness/evaluate/tests/test-handover.c harness/evaluate/handover.c harness/evaluate/rows.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-child,harness/instrument/tests/test-child.c harness/instrument/child.c harness/tests/process.c \
    harness/instrument/words.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-link,harness/run/tests/test-link.c harness/run/link.c harness/instrument/child.c harness/instrument/words.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-capacity,harness/sessions/tests/test-capacity.c $(addprefix harness/sessions/,capacity.c punctuality.c) \
    $(JOIN_SOURCES),$(HARNESS_GLIB)))
$(eval $(call unit_test,test-metrics,harness/evaluate/tests/test-metrics.c harness/run/observe-cpu.c $(METRICS_SOURCES) $(addprefix harness/scenario/,route.c expect.c metric.c),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-workload,harness/plan/tests/test-workload.c harness/plan/workload.c \
    media/decoder.c $(RECORDING_SOURCES),$(HARNESS_GLIB) $(RECORDING_MODULES),-lm))
$(eval $(call unit_test,test-odd-recordings,harness/tests/test-odd-recordings.c harness/plan/workload.c \
    media/decoder.c $(RECORDING_SOURCES),$(HARNESS_GLIB) $(RECORDING_MODULES),-lm))
$(eval $(call unit_test,test-plan,harness/plan/tests/test-plan.c $(SCENARIO_SOURCES) $(PLAN_SOURCES) \
    $(RECORDING_SOURCES),$(HARNESS_GLIB) $(RECORDING_MODULES),-lm))
$(eval $(call unit_test,test-result,harness/result/tests/test-result.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-table,harness/report/tests/test-table.c harness/report/table.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-definitions,harness/report/tests/test-definitions.c \
    $(addprefix harness/,report/definitions.c report/markup.c scenario/metric.c evaluate/quality.c),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-summary,harness/report/tests/test-summary.c $(addprefix harness/report/,summary.c table.c markup.c) \
    $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-functions,harness/result/tests/test-functions.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-result-read,harness/result/tests/test-result-read.c harness/tests/made-up-run.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-counter,harness/plots/tests/test-counter.c harness/plots/counter.c,glib-2.0,-lm))
$(eval $(call unit_test,test-drawings,harness/plots/tests/test-drawings.c harness/tests/made-up-run.c $(RESULT_SOURCES) \
    $(PLOTS_SOURCES) harness/instrument/folder.c,$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-markup,harness/report/tests/test-markup.c harness/report/markup.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-exports,harness/report/tests/test-exports.c harness/tests/made-up-run.c $(EXPORTS_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-report,harness/report/tests/test-report.c harness/evaluate/quality.c $(addprefix harness/tests/,made-up-run.c program.c small-disk.c) \
    harness/instrument/words.c,$(HARNESS_GLIB) json-glib-1.0))
$(B)/tests/test-report: | $(B)/vdibench
$(eval $(call unit_test,test-cli,$(addprefix harness/tests/,test-cli.c process.c small-disk.c),$(HARNESS_GLIB) json-glib-1.0))
$(B)/tests/test-cli: | $(B)/vdibench

SCRIPT_TESTS += scenarios/functional-test harness/sessions/tests/sessions-test harness/tests/demo
