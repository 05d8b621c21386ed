# The headless client, and the tool that compares the pictures it saves.
$(eval $(call program,picture-compare,harness/client/picture-compare.c harness/picture.c,glib-2.0 gio-2.0 libpng,-lm))

$(eval $(call unit_test,test-picture,harness/tests/test-picture.c harness/picture.c,glib-2.0 gio-2.0 libpng,-lm))
