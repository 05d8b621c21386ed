# The simulated agent: the agent with the replay capture.
RECORDING_SOURCES := sim-agent/recording.c sim-agent/video-file.c sim-agent/parameter-sets.c \
                     gpu-module/access-unit.c
RECORDING_MODULES := gio-2.0 libavformat libavcodec libavutil zlib

$(eval $(call program,sim-agent,sim-agent/sim-agent.c sim-agent/crash-port.c sim-agent/replay.c sim-agent/ladder.c $(RECORDING_SOURCES) \
    $(AGENT_SOURCES) $(AGENT_PORTS) $(addprefix harness/common/,control.c samples.c words.c),$(RECORDING_MODULES),-pthread))

$(eval $(call unit_test,test-recording,sim-agent/tests/test-recording.c $(RECORDING_SOURCES),\
    $(RECORDING_MODULES)))
$(eval $(call unit_test,test-replay,sim-agent/tests/test-replay.c sim-agent/replay.c \
    sim-agent/ladder.c $(RECORDING_SOURCES) agent/queue.c,$(RECORDING_MODULES),-pthread))
$(eval $(call unit_test,test-sim-agent,sim-agent/tests/test-sim-agent.c agent/tests/fake-host.c \
    gpu-module/port-protocol.c,gio-2.0 zlib))
$(B)/tests/test-sim-agent: | $(B)/sim-agent
