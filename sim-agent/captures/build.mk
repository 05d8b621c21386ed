$(eval $(call program,barcode-frames,sim-agent/barcode-frames.c harness/barcode.c))
$(eval $(call unit_test,test-captures,sim-agent/captures/tests/test-captures.c \
    harness/barcode.c,glib-2.0 libavformat libavcodec libavutil libswscale))
