# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the vdibench authors
#
# The simulated VM. It is linked with the system's libspice-server; LD_LIBRARY_PATH decides
# which one it runs with.
VM_SIM := harness/vm/sim
VM_SIM_PICTURES := $(addprefix $(VM_SIM)/,framebuffer.c damage.c font.c console.c desktop.c)
VM_SIM_FILM := $(addprefix $(VM_SIM)/,tiles.c film.c film-changes.c film-screen.c) \
    media/decoder.c $(VIDEO_FILE_SOURCES)
VM_SIM_FILM_PKGS := libavformat libavcodec libswscale libavutil

$(eval $(call program,vm-sim,$(addprefix $(VM_SIM)/,vm-sim.c options.c core-loop.c listener.c \
    loaded-library.c migration.c command-ring.c qxl-device.c vgpu.c tablet.c virtio-port.c fd-source.c port-transport.c \
    sound.c tls.c video-codecs.c) $(VM_SIM_PICTURES) $(VM_SIM_FILM) agent/slots.c \
    $(HOST_PORT) media/barcode.c harness/instrument/control.c harness/instrument/samples.c harness/instrument/words.c,spice-server gio-unix-2.0 gstreamer-1.0 libpng $(VM_SIM_FILM_PKGS),-lm))

$(eval $(call unit_test,test-screens,$(VM_SIM)/tests/test-screens.c $(VM_SIM_PICTURES),\
    gio-2.0 libpng,-lm))
$(eval $(call unit_test,test-tiles,$(addprefix $(VM_SIM)/,tests/test-tiles.c tiles.c damage.c \
    framebuffer.c),gio-2.0 libpng))
$(eval $(call unit_test,test-film,$(VM_SIM)/tests/test-film.c $(VM_SIM_FILM) \
    $(addprefix $(VM_SIM)/,damage.c framebuffer.c) harness/tests/clip.c harness/instrument/folder.c media/picture.c harness/evaluate/reference.c,gio-2.0 libpng $(VM_SIM_FILM_PKGS),-lm))
$(eval $(call unit_test,test-command-ring,$(VM_SIM)/tests/test-command-ring.c \
    $(VM_SIM)/command-ring.c,glib-2.0 spice-protocol))
$(eval $(call unit_test,test-virtio-port,$(VM_SIM)/tests/test-virtio-port.c \
    $(addprefix $(VM_SIM)/,virtio-port.c fd-source.c port-transport.c) \
    $(HOST_PORT) harness/instrument/samples.c,gio-unix-2.0 spice-server))
# Runs the program that lies beside it.
$(eval $(call unit_test,test-vm-sim,$(VM_SIM)/tests/test-vm-sim.c,gio-unix-2.0 spice-protocol))
$(B)/tests/test-vm-sim: | $(B)/vm-sim
$(eval $(call unit_test,test-vgpu-film,$(VM_SIM)/tests/test-vgpu-film.c $(addprefix harness/,\
    $(addprefix tests/,program.c clip.c) instrument/folder.c instrument/words.c \
    $(addprefix evaluate/,rows.c join.c join-film.c)) media/barcode.c media/picture.c,gio-2.0 libpng,-lm))
$(B)/tests/test-vgpu-film: | $(B)/vm-sim $(B)/client
