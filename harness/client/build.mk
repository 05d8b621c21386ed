# The headless client, and the tool that compares the pictures it saves.
CLIENT_SOURCES := $(addprefix harness/client/,client.c connection.c display.c event-row.c \
                      own-cost.c picture-source.c pipelines.c pushes.c screen.c stream.c units.c \
                      viewer-sink.c waiting-frames.c) \
                  harness/barcode.c harness/control.c harness/picture.c harness/samples.c \
                  gpu-module/access-unit.c
$(eval $(call program,client,$(CLIENT_SOURCES),spice-client-glib-2.0 gstreamer-app-1.0 \
    gstreamer-video-1.0 libpng zlib gio-unix-2.0,-lm))
$(eval $(call program,picture-compare,harness/client/picture-compare.c harness/picture.c,glib-2.0 gio-2.0 libpng,-lm))

$(eval $(call unit_test,test-picture,harness/tests/test-picture.c harness/picture.c,glib-2.0 gio-2.0 libpng,-lm))
$(eval $(call unit_test,test-units,harness/client/tests/test-units.c harness/client/units.c,zlib))
$(eval $(call unit_test,test-picture-source,harness/client/tests/test-picture-source.c harness/client/picture-source.c harness/barcode.c))
$(eval $(call unit_test,test-waiting-frames,harness/client/tests/test-waiting-frames.c harness/client/waiting-frames.c,gstreamer-1.0))
$(eval $(call unit_test,test-event-row,harness/client/tests/test-event-row.c harness/client/event-row.c harness/samples.c,gio-2.0))
