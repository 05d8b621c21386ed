# The simulated VM. It is linked with the system's libspice-server; LD_LIBRARY_PATH decides
# which one it runs with.
VM_SIM := harness/vm-sim
VM_SIM_PICTURES := $(addprefix $(VM_SIM)/,framebuffer.c damage.c font.c console.c desktop.c)

$(eval $(call program,vm-sim,$(addprefix $(VM_SIM)/,vm-sim.c options.c core-loop.c listener.c \
    loaded-library.c command-ring.c qxl-device.c vgpu.c tablet.c virtio-port.c port-transport.c \
    port-pty.c port-socket.c) $(VM_SIM_PICTURES) harness/barcode.c harness/control.c \
    harness/samples.c,spice-server gio-unix-2.0 libpng,-lm))
