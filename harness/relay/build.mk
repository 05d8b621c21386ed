RELAY_PARTS := harness/relay/tcp-address.c harness/common/control.c harness/common/samples.c \
               harness/common/words.c gpu-module/port-protocol.c

$(eval $(call program,relay,harness/relay/relay.c harness/relay/guest-port.c harness/relay/frame-times.c \
    harness/common/pty-port.c harness/common/unix-socket.c gpu-module/counters.c gpu-module/counters-map.c $(RELAY_PARTS),gio-2.0))
$(eval $(call program,relay-client,harness/relay/relay-client.c gpu-module/access-unit.c \
    $(RELAY_PARTS),gio-2.0 zlib))
$(eval $(call unit_test,test-frame-times,harness/relay/tests/test-frame-times.c harness/relay/frame-times.c \
    harness/evaluate/rows.c harness/common/samples.c gpu-module/counters.c gpu-module/counters-map.c,gio-2.0))
$(eval $(call unit_test,test-relay,harness/relay/tests/test-relay.c harness/tests/program.c \
    harness/common/words.c harness/relay/tcp-address.c gpu-module/port-protocol.c gpu-module/access-unit.c,gio-2.0 zlib))
$(B)/tests/test-relay: | $(B)/relay $(B)/relay-client
