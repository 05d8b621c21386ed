# The simulated agent: the agent with the replay capture.
REPLAY_SOURCES := sim-agent/recording.c sim-agent/video-file.c sim-agent/parameter-sets.c sim-agent/replay.c \
                  gpu-module/access-unit.c
REPLAY_MODULES := gio-2.0 libavformat libavcodec libavutil zlib

$(eval $(call program,sim-agent,sim-agent/sim-agent.c $(REPLAY_SOURCES) $(AGENT_SOURCES) \
    $(AGENT_PORTS) harness/control.c harness/samples.c,$(REPLAY_MODULES),-pthread))
