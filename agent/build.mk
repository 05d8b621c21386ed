# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The session with the GPU module and the paper's four threads: plain C and
# pthreads. The programs that embed it list AGENT_SOURCES.
AGENT_SOURCES := agent/agent.c agent/bitrate.c agent/queue.c agent/slots.c agent/transporting.c \
                 agent/instruction.c agent/capturing.c agent/display-events.c agent/session.c \
                 agent/os/linux.c \
                 protocol/port-protocol.c
# The host's end of a port: for the programs that play the host.
HOST_PORT := $(addprefix protocol/host/,host-port.c pty-port.c unix-socket.c)
HOST_SESSION := protocol/host/host-session.c
FAKE_HOST := agent/tests/fake-host.c $(HOST_SESSION)
AGENT_PORTS := $(addprefix agent/linux/,port-fd.c port-tty.c port-socket.c)

$(eval $(call unit_test,test-agent,agent/tests/test-agent.c agent/agent.c agent/bitrate.c))
$(eval $(call unit_test,test-bitrate,agent/tests/test-bitrate.c agent/bitrate.c))
$(eval $(call unit_test,test-queue,agent/tests/test-queue.c agent/queue.c agent/os/linux.c,,-pthread))
$(eval $(call unit_test,test-slots,agent/tests/test-slots.c agent/slots.c))
$(eval $(call unit_test,test-session,agent/tests/test-session.c \
    agent/tests/session-fixture.c $(FAKE_HOST) $(AGENT_SOURCES) agent/linux/port-fd.c,glib-2.0,-pthread))
$(eval $(call unit_test,test-port,agent/tests/test-port.c $(AGENT_PORTS) agent/os/linux.c,,-pthread))
comma := ,
$(eval $(call unit_test,test-out-of-resources,agent/tests/test-out-of-resources.c $(AGENT_SOURCES) \
    $(AGENT_PORTS),,-pthread $(patsubst %,-Wl$(comma)--wrap=%,calloc strdup free pthread_create \
    pthread_join eventfd close)))

# Plays the host to any agent; and an agent that is not as it should be.
$(eval $(call program,port-conformance,$(addprefix protocol/conformance/,port-conformance.c cases.c host.c \
    frame-demands.c) $(HOST_PORT) $(HOST_SESSION) media/h264-sps.c protocol/port-protocol.c \
    protocol/access-unit.c,gio-2.0 gstreamer-codecparsers-1.0))
$(eval $(call program,tests/broken-agent,protocol/conformance/tests/broken-agent.c protocol/port-protocol.c))
SCRIPT_TESTS += protocol/conformance/tests/conformance protocol/tests/compile-alone agent/tests/windows/under-wine
