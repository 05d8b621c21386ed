# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The simulated agent: the agent with the replay capture.
VIDEO_FILE_SOURCES := media/video-file.c media/parameter-sets.c media/annex-b.c protocol/access-unit.c
RECORDING_SOURCES := $(addprefix sim-agent/,recording.c recording-times.c playable.c) \
                     $(VIDEO_FILE_SOURCES) media/h264-sps.c
RECORDING_MODULES := gio-2.0 gstreamer-codecparsers-1.0 libavformat libavcodec libavutil zlib

$(eval $(call program,sim-agent,sim-agent/sim-agent.c sim-agent/crash-port.c sim-agent/replay.c sim-agent/ladder.c $(RECORDING_SOURCES) \
    $(AGENT_SOURCES) $(AGENT_PORTS) harness/instrument/control.c harness/instrument/samples.c harness/instrument/words.c,$(RECORDING_MODULES),-pthread))

$(eval $(call unit_test,test-recording,sim-agent/tests/test-recording.c $(RECORDING_SOURCES),\
    $(RECORDING_MODULES)))
$(eval $(call unit_test,test-replay,sim-agent/tests/test-replay.c sim-agent/replay.c \
    sim-agent/ladder.c $(RECORDING_SOURCES) agent/queue.c agent/os/linux.c,$(RECORDING_MODULES),-pthread))
$(eval $(call unit_test,test-sim-agent,sim-agent/tests/test-sim-agent.c $(FAKE_HOST) \
    protocol/port-protocol.c,gio-2.0 zlib))
$(B)/tests/test-sim-agent: | $(B)/sim-agent
