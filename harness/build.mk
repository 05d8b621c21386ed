# The harness: the program vdibench and what it is made of.
HARNESS_GLIB := glib-2.0 gio-2.0 gio-unix-2.0
SCENARIO_SOURCES := $(addprefix harness/,scenario.c scenario-text.c contradiction.c timeline.c expect.c path.c)
JOIN_SOURCES := $(addprefix harness/,rows.c join.c join-film.c handover.c)
METRICS_SOURCES := $(JOIN_SOURCES) $(addprefix harness/,metrics.c observe-cpu.c samples.c stats.c)
RESULT_SOURCES := $(SCENARIO_SOURCES) $(METRICS_SOURCES) $(addprefix harness/,case.c result.c functions.c)
SAVED_SOURCES := $(RESULT_SOURCES) harness/saved-result.c
EXPORTS_SOURCES := $(SAVED_SOURCES) $(addprefix harness/,exports.c markup.c)
PLOTS_SOURCES := $(addprefix harness/plots/,plots.c figure.c group.c counter.c over-time.c \
    cpu-per-frame.c latency.c switching.c)
VDIBENCH_SOURCES := $(RESULT_SOURCES) \
    $(addprefix harness/,vdibench.c catalog.c run.c run-place.c sessions.c capacity.c punctuality.c folder.c testbed.c viewer.c processes.c child.c link.c evaluate.c reference.c decoder.c \
        plan.c design.c covering.c estimate.c workload.c environment.c pgpu.c table.c progress.c \
        barcode.c picture.c observe-module.c observe-server.c) $(RECORDING_SOURCES) \
    gpu-module/counters.c gpu-module/counters-map.c
VDIBENCH_SOURCES += $(EXPORTS_SOURCES) $(PLOTS_SOURCES) $(addprefix harness/,report.c report-figures.c)
$(eval $(call program,vdibench,$(VDIBENCH_SOURCES),$(HARNESS_GLIB) json-glib-1.0 libpng \
    $(RECORDING_MODULES),-lm))

$(eval $(call unit_test,test-barcode,harness/tests/test-barcode.c harness/barcode.c))
$(eval $(call unit_test,test-covering,harness/tests/test-covering.c harness/covering.c,glib-2.0))
$(eval $(call unit_test,test-pgpu,harness/tests/test-pgpu.c harness/pgpu.c,glib-2.0))
$(eval $(call unit_test,test-stats,harness/tests/test-stats.c harness/stats.c,,-lm))
$(eval $(call unit_test,test-scenario,harness/tests/test-scenario.c harness/case.c $(SCENARIO_SOURCES),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-timeline,harness/tests/test-timeline.c harness/timeline.c harness/path.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-expect,harness/tests/test-expect.c harness/expect.c,$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-join,harness/tests/test-join.c $(JOIN_SOURCES),$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-join-film,harness/tests/test-join-film.c $(JOIN_SOURCES),$(HARNESS_GLIB)))
$(eval $(call unit_test,test-handover,harness/tests/test-handover.c harness/handover.c harness/rows.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-child,harness/tests/test-child.c harness/child.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-link,harness/tests/test-link.c harness/link.c harness/child.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-capacity,harness/tests/test-capacity.c $(addprefix harness/,capacity.c punctuality.c) \
    $(JOIN_SOURCES),$(HARNESS_GLIB)))
$(eval $(call unit_test,test-metrics,harness/tests/test-metrics.c $(METRICS_SOURCES) harness/path.c harness/expect.c,$(HARNESS_GLIB),-lm))
$(eval $(call unit_test,test-workload,harness/tests/test-workload.c harness/workload.c $(RECORDING_SOURCES),$(HARNESS_GLIB) $(RECORDING_MODULES),-lm))
$(eval $(call unit_test,test-plan,harness/tests/test-plan.c $(SCENARIO_SOURCES) $(addprefix harness/,case.c \
    plan.c design.c covering.c estimate.c workload.c) $(RECORDING_SOURCES),$(HARNESS_GLIB) $(RECORDING_MODULES),-lm))
$(eval $(call unit_test,test-result,harness/tests/test-result.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-table,harness/tests/test-table.c harness/table.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-functions,harness/tests/test-functions.c $(RESULT_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-saved-result,$(addprefix harness/tests/,test-saved-result.c made-up-run.c) $(SAVED_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-counter,harness/plots/tests/test-counter.c harness/plots/counter.c,glib-2.0,-lm))
$(eval $(call unit_test,test-drawings,harness/plots/tests/test-drawings.c harness/tests/made-up-run.c $(SAVED_SOURCES) \
    $(PLOTS_SOURCES) harness/folder.c,$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-markup,harness/tests/test-markup.c harness/markup.c,$(HARNESS_GLIB)))
$(eval $(call unit_test,test-exports,$(addprefix harness/tests/,test-exports.c made-up-run.c) $(EXPORTS_SOURCES),$(HARNESS_GLIB) json-glib-1.0,-lm))
$(eval $(call unit_test,test-report,$(addprefix harness/tests/,test-report.c made-up-run.c program.c),$(HARNESS_GLIB)))
$(B)/tests/test-report: | $(B)/vdibench
$(eval $(call unit_test,test-cli,harness/tests/test-cli.c,$(HARNESS_GLIB) json-glib-1.0))
$(B)/tests/test-cli: | $(B)/vdibench

SCRIPT_TESTS += scenarios/functional-test harness/tests/sessions-test
