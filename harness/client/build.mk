# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The headless client, and the tool that compares the pictures it saves.
CLIENT_PIPELINE_SOURCES := $(addprefix harness/client/,event-row.c own-cost.c picture-source.c \
    pipelines.c pushes.c screen.c stream.c thumbnail.c units.c viewer-sink.c waiting-frames.c) \
    media/barcode.c harness/instrument/control.c media/picture.c harness/instrument/samples.c harness/instrument/words.c \
    protocol/access-unit.c
CLIENT_PIPELINE_PKGS := gstreamer-app-1.0 gstreamer-video-1.0 libpng zlib gio-unix-2.0
$(eval $(call program,client,$(addprefix harness/client/,client.c codecs.c connection.c display.c painted.c \
    pointer.c) \
    $(CLIENT_PIPELINE_SOURCES),spice-client-glib-2.0 pixman-1 $(CLIENT_PIPELINE_PKGS),-lm))
$(eval $(call program,websocket-bridge,harness/vm/sim/websocket-bridge.c harness/vm/sim/listener.c \
    harness/instrument/control.c harness/instrument/samples.c protocol/host/unix-socket.c harness/instrument/words.c,libsoup-3.0 gio-unix-2.0))
# As its library's coroutines change stacks under a sanitizer's feet, and as a user's
# client has none, it stays without.
$(B)/client $(B)/obj/client/%: private override SANITIZE :=
$(eval $(call program,picture-compare,harness/client/picture-compare.c media/picture.c,\
    gio-2.0 libpng,-lm))

$(eval $(call unit_test,test-event-row,$(addprefix harness/client/,tests/test-event-row.c \
    event-row.c) harness/instrument/samples.c,gio-2.0))
$(eval $(call unit_test,test-picture-source,$(addprefix harness/client/,\
    tests/test-picture-source.c picture-source.c) media/barcode.c))
$(eval $(call unit_test,test-screen,$(addprefix harness/client/,tests/test-screen.c screen.c \
    event-row.c picture-source.c thumbnail.c) media/barcode.c harness/instrument/control.c harness/instrument/samples.c harness/instrument/words.c,\
    gio-unix-2.0))
$(eval $(call unit_test,test-thumbnail,$(addprefix harness/client/,tests/test-thumbnail.c \
    thumbnail.c),pixman-1))
$(eval $(call unit_test,test-painted,$(addprefix harness/client/,tests/test-painted.c painted.c),\
    pixman-1))
$(eval $(call unit_test,test-units,$(addprefix harness/client/,tests/test-units.c units.c),zlib))
$(eval $(call unit_test,test-waiting-frames,$(addprefix harness/client/,\
    tests/test-waiting-frames.c waiting-frames.c),gstreamer-1.0))
$(eval $(call unit_test,test-pipelines,$(addprefix harness/client/tests/,test-pipelines.c \
    barcode-film.c) $(CLIENT_PIPELINE_SOURCES),$(CLIENT_PIPELINE_PKGS) libavcodec libavutil,-lm))
$(eval $(call unit_test,test-client,harness/client/tests/test-client.c \
    harness/tests/program.c harness/instrument/folder.c media/barcode.c media/picture.c harness/instrument/words.c,gio-2.0 libpng,-lm))
$(B)/tests/test-client: | $(B)/client $(B)/vm-sim
