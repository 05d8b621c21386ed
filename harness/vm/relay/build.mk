# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors

RELAY_PARTS := harness/vm/relay/tcp-address.c harness/instrument/control.c harness/instrument/samples.c \
               harness/instrument/words.c protocol/port-protocol.c

$(eval $(call program,relay,harness/vm/relay/relay.c harness/vm/relay/frame-times.c \
    $(HOST_PORT) $(HOST_SESSION) gpu-module/counters.c gpu-module/counters-map.c $(RELAY_PARTS),gio-2.0))
$(eval $(call program,relay-client,harness/vm/relay/relay-client.c protocol/access-unit.c \
    $(RELAY_PARTS),gio-2.0 zlib))
$(eval $(call unit_test,test-frame-times,harness/vm/relay/tests/test-frame-times.c harness/vm/relay/frame-times.c \
    harness/evaluate/rows.c harness/instrument/samples.c gpu-module/counters.c gpu-module/counters-map.c,gio-2.0))
$(eval $(call unit_test,test-relay,harness/vm/relay/tests/test-relay.c harness/tests/program.c \
    harness/instrument/words.c harness/vm/relay/tcp-address.c protocol/port-protocol.c protocol/access-unit.c,gio-2.0 zlib))
$(B)/tests/test-relay: | $(B)/relay $(B)/relay-client
