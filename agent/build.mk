# The session with the GPU module and the paper's four threads: plain C and
# pthreads. The programs that embed it list AGENT_SOURCES.
AGENT_SOURCES := agent/agent.c agent/queue.c agent/slots.c agent/transporting.c \
                 agent/instruction.c agent/capturing.c agent/display-events.c agent/session.c \
                 gpu-module/port-protocol.c
AGENT_PORTS := agent/port-fd.c agent/port-tty.c agent/port-socket.c
