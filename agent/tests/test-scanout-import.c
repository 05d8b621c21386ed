/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The import with a double of libEGL and libgbm: what it asks of them, and what it does when they
 * fail. With Mesa's it is tested in a guest (agent/tests/kms-guest). */
#include "agent/linux/scanout-import.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CARD_FD 1234
#define WIDTH_PX 4
#define HEIGHT_PX 3
/* What the double reads back everywhere. */
#define FILLING 0x5a

#define EGL_BASE "EGL_KHR_image_base EGL_KHR_no_config_context EGL_KHR_surfaceless_context "
#define MODIFIERS "EGL_EXT_image_dma_buf_import_modifiers"

static struct double_egl {
    bool no_gbm_library, no_egl_library, no_gbm_device, no_display, no_context, no_shader,
        no_memory;
    const char *missing; /* a function */
    const char *render_node;
    const char *egl_extensions, *gl_extensions, *renderer;
    bool no_image;
    EGLint egl_error;
    GLenum gl_error, reset;
    EGLint attributes[64]; /* of the last image */
    EGLint strategy;       /* of the context's attributes */
    int gbm_fd;
    int gbms, displays, contexts, images; /* that there are */
    unsigned opened;
} fake;

static struct scanout_import *import;
static uint8_t pixels[WIDTH_PX * HEIGHT_PX * 4];

/* --- the double ------------------------------------------------------------------------ */

static void *gbm_create(int fd)
{
    fake.gbm_fd = fd;
    fake.gbms += !fake.no_gbm_device;
    return fake.no_gbm_device ? NULL : &fake;
}

static void gbm_destroy(void *device)
{
    assert_ptr_equal(device, &fake);
    assert_int_equal(fake.displays, 0);
    fake.gbms--;
}

static EGLDisplay get_display(EGLenum platform, void *device, const EGLint *attributes)
{
    (void)attributes;
    assert_int_equal(platform, EGL_PLATFORM_GBM_KHR);
    assert_ptr_equal(device, &fake);
    return &fake.displays;
}

static EGLBoolean initialize(EGLDisplay display, EGLint *major, EGLint *minor)
{
    (void)major, (void)minor;
    assert_ptr_equal(display, &fake.displays);
    fake.displays += !fake.no_display;
    fake.opened++;
    return !fake.no_display;
}

static EGLBoolean terminate(EGLDisplay display)
{
    assert_ptr_equal(display, &fake.displays);
    assert_int_equal(fake.contexts, 0);
    fake.displays--;
    return EGL_TRUE;
}

static EGLint get_egl_error(void)
{
    return fake.egl_error;
}

static const char *query_string(EGLDisplay display, EGLint name)
{
    (void)display;
    assert_int_equal(name, EGL_EXTENSIONS);
    return fake.egl_extensions;
}

static EGLContext create_context(EGLDisplay display, EGLConfig config, EGLContext other,
                                 const EGLint *attributes)
{
    (void)display, (void)config, (void)other;
    fake.strategy = EGL_NONE;
    for (; *attributes != EGL_NONE; attributes += 2)
        if (*attributes == EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT)
            fake.strategy = attributes[1];
    fake.contexts += !fake.no_context;
    return fake.no_context ? EGL_NO_CONTEXT : &fake.contexts;
}

static EGLBoolean destroy_context(EGLDisplay display, EGLContext context)
{
    (void)display;
    assert_ptr_equal(context, &fake.contexts);
    fake.contexts--;
    return EGL_TRUE;
}

static EGLBoolean make_current(EGLDisplay display, EGLSurface draw, EGLSurface read,
                               EGLContext context)
{
    (void)display, (void)draw, (void)read, (void)context;
    return EGL_TRUE;
}

static EGLImageKHR create_image(EGLDisplay display, EGLContext context, EGLenum target,
                                EGLClientBuffer buffer, const EGLint *attributes)
{
    unsigned count = 0;

    (void)display, (void)context, (void)buffer;
    assert_int_equal(target, EGL_LINUX_DMA_BUF_EXT);
    do {
        assert_true(count + 2 < sizeof fake.attributes / sizeof *fake.attributes);
        fake.attributes[count] = attributes[count];
        fake.attributes[count + 1] = attributes[count + 1];
        count += 2;
    } while (attributes[count] != EGL_NONE);
    fake.attributes[count] = EGL_NONE;
    fake.images += !fake.no_image;
    return fake.no_image ? EGL_NO_IMAGE_KHR : &fake.images;
}

static EGLBoolean destroy_image(EGLDisplay display, EGLImageKHR image)
{
    (void)display;
    assert_ptr_equal(image, &fake.images);
    fake.images--;
    return EGL_TRUE;
}

static const GLubyte *get_string(GLenum name)
{
    return (const GLubyte *)(name == GL_RENDERER ? fake.renderer : fake.gl_extensions);
}

static GLenum get_gl_error(void)
{
    return fake.gl_error;
}

static GLenum get_reset(void)
{
    return fake.reset;
}

static void get_program(GLuint program, GLenum name, GLint *ret_value)
{
    (void)program, (void)name;
    *ret_value = !fake.no_shader;
}

static GLenum check_framebuffer(GLenum target)
{
    (void)target;
    return fake.no_memory ? GL_FRAMEBUFFER_UNSUPPORTED : GL_FRAMEBUFFER_COMPLETE;
}

static void read_pixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                        void *data)
{
    assert_true(x == 0 && y == 0 && format == GL_RGBA && type == GL_UNSIGNED_BYTE);
    assert_int_equal(fake.images, 1);
    memset(data, FILLING, (size_t)width * (size_t)height * 4);
}

/* Stands for what only has to be called. */
static long nothing(void)
{
    return 0;
}

static void *address_of(const char *name)
{
    static const struct {
        const char *name;
        void *function;
    } functions[] = {
        {"gbm_create_device", gbm_create},     {"gbm_device_destroy", gbm_destroy},
        {"eglGetProcAddress", address_of},     {"eglGetPlatformDisplayEXT", get_display},
        {"eglInitialize", initialize},         {"eglTerminate", terminate},
        {"eglGetError", get_egl_error},        {"eglQueryString", query_string},
        {"eglCreateContext", create_context},  {"eglDestroyContext", destroy_context},
        {"eglMakeCurrent", make_current},      {"eglCreateImageKHR", create_image},
        {"eglDestroyImageKHR", destroy_image}, {"glGetString", get_string},
        {"glGetError", get_gl_error},          {"glGetGraphicsResetStatusEXT", get_reset},
        {"glGetProgramiv", get_program},       {"glCheckFramebufferStatus", check_framebuffer},
        {"glReadPixels", read_pixels},
    };

    if (fake.missing && strcmp(name, fake.missing) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return functions[i].function;
    return nothing;
}

void *__wrap_dlopen(const char *name, int mode);
void *__wrap_dlopen(const char *name, int mode)
{
    (void)mode;
    if (strcmp(name, "libgbm.so.1") == 0)
        return fake.no_gbm_library ? NULL : &fake;
    assert_string_equal(name, "libEGL.so.1");
    return fake.no_egl_library ? NULL : &fake;
}

void *__wrap_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name)
{
    assert_ptr_equal(library, &fake);
    return address_of(name);
}

char *__wrap_dlerror(void);
char *__wrap_dlerror(void)
{
    static char text[] = "the double's dlerror";
    return text;
}

char *__wrap_drmGetRenderDeviceNameFromFd(int fd);
char *__wrap_drmGetRenderDeviceNameFromFd(int fd)
{
    assert_int_equal(fd, CARD_FD);
    return fake.render_node ? strdup(fake.render_node) : NULL;
}

/* --- the tests ------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    fake = (struct double_egl){
        .egl_extensions = EGL_BASE "EGL_EXT_create_context_robustness "
                                   "EGL_EXT_image_dma_buf_import " MODIFIERS,
        .gl_extensions = "GL_OES_EGL_image GL_OES_EGL_image_external",
        .renderer = "AMD Radeon Pro WX 4100 (the double's)",
    };
    import = scanout_import_create(CARD_FD, false);
    assert_non_null(import);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scanout_import_destroy(import);
    assert_int_equal(fake.images, 0);
    assert_int_equal(fake.contexts, 0);
    assert_int_equal(fake.displays, 0);
    assert_int_equal(fake.gbms, 0);
    return 0;
}

/* As amdgpu reports it up to GFX8: tiled, without a modifier. */
static struct scanout scanout_of_gfx8(void)
{
    return (struct scanout){
        .buffer = {.format = DRM_FORMAT_XRGB8888,
                   .tiled = true,
                   .width_px = 2 * WIDTH_PX,
                   .height_px = 2 * HEIGHT_PX},
        .planes = 1,
        .fds = {5},
        .strides_bytes = {256},
        .offsets_bytes = {64},
    };
}

static int read_it(const struct scanout *scanout)
{
    const struct kms_rows rows = {.crop = {1, 1, WIDTH_PX, HEIGHT_PX}, .step = 1};

    memset(pixels, 0, sizeof pixels);
    return scanout_import_read(import, scanout, &rows, pixels);
}

static void fails(int error, const char *text)
{
    const struct scanout scanout = scanout_of_gfx8();

    assert_int_equal(read_it(&scanout), error);
    if (!strstr(scanout_import_error(import), text))
        fail_msg("there is no `%s` in: %s", text, scanout_import_error(import));
    assert_null(strchr(scanout_import_error(import), '\n'));
}

static void succeeds(void)
{
    const struct scanout scanout = scanout_of_gfx8();

    assert_int_equal(read_it(&scanout), 0);
    for (size_t i = 0; i < sizeof pixels; i++)
        assert_int_equal(pixels[i], FILLING);
}

static void assert_attributes(const EGLint *expected)
{
    unsigned i = 0;

    for (; expected[i] != EGL_NONE; i++)
        assert_int_equal(fake.attributes[i], expected[i]);
    assert_int_equal(fake.attributes[i], EGL_NONE);
}

static void nothing_is_opened_before_the_first_read(void **state)
{
    (void)state;
    assert_int_equal(fake.opened, 0);
    succeeds();
    succeeds();
    assert_int_equal(fake.opened, 1);
    assert_int_equal(fake.gbm_fd, CARD_FD); /* there is no render node */
    assert_int_equal(fake.strategy, EGL_LOSE_CONTEXT_ON_RESET_EXT);
}

static void without_a_modifier_none_is_passed(void **state)
{
    (void)state;
    succeeds();
    assert_attributes((EGLint[]){EGL_WIDTH, 2 * WIDTH_PX, EGL_HEIGHT, 2 * HEIGHT_PX,
                                 EGL_LINUX_DRM_FOURCC_EXT, DRM_FORMAT_XRGB8888,
                                 EGL_DMA_BUF_PLANE0_FD_EXT, 5, EGL_DMA_BUF_PLANE0_OFFSET_EXT, 64,
                                 EGL_DMA_BUF_PLANE0_PITCH_EXT, 256, EGL_NONE});
}

/* With compression: the second plane of memory is what is known of it. */
static void each_plane_has_the_modifier(void **state)
{
    (void)state;
    struct scanout scanout = scanout_of_gfx8();

    scanout.buffer.tiled = false;
    scanout.buffer.modified = true;
    scanout.buffer.modifier = UINT64_C(0x0200000012345678);
    scanout.planes = 2;
    scanout.fds[1] = 6;
    scanout.offsets_bytes[1] = 4096;
    scanout.strides_bytes[1] = 128;
    assert_int_equal(read_it(&scanout), 0);
    assert_attributes((EGLint[]){EGL_WIDTH,
                                 2 * WIDTH_PX,
                                 EGL_HEIGHT,
                                 2 * HEIGHT_PX,
                                 EGL_LINUX_DRM_FOURCC_EXT,
                                 DRM_FORMAT_XRGB8888,
                                 EGL_DMA_BUF_PLANE0_FD_EXT,
                                 5,
                                 EGL_DMA_BUF_PLANE0_OFFSET_EXT,
                                 64,
                                 EGL_DMA_BUF_PLANE0_PITCH_EXT,
                                 256,
                                 EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
                                 0x12345678,
                                 EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
                                 0x02000000,
                                 EGL_DMA_BUF_PLANE1_FD_EXT,
                                 6,
                                 EGL_DMA_BUF_PLANE1_OFFSET_EXT,
                                 4096,
                                 EGL_DMA_BUF_PLANE1_PITCH_EXT,
                                 128,
                                 EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
                                 0x12345678,
                                 EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT,
                                 0x02000000,
                                 EGL_NONE});
    fake.egl_extensions = EGL_BASE "EGL_EXT_image_dma_buf_import";
    scanout_import_destroy(import);
    import = scanout_import_create(CARD_FD, false);
    assert_int_equal(read_it(&scanout), -EOPNOTSUPP);
    assert_non_null(strstr(scanout_import_error(import), "has no " MODIFIERS));
    assert_int_equal(fake.strategy, EGL_NONE); /* where it is not known, it is not asked for */
}

static void the_render_node_is_opened(void **state)
{
    (void)state;
    fake.render_node = "/nowhere/renderD128";
    fails(-EOPNOTSUPP, "/nowhere/renderD128 cannot be opened: No such file or directory; run as "
                       "root, or as a member of the group render");
    fake.render_node = "/dev/null";
    succeeds();
    assert_int_not_equal(fake.gbm_fd, CARD_FD);
}

static void what_is_missing_is_one_line(void **state)
{
    (void)state;
    static const struct {
        struct double_egl egl; /* what is not zero goes before the usual */
        int result;
        const char *text;
    } cases[] = {
        {{.no_gbm_library = true}, -EOPNOTSUPP, "dlerror; install libgbm1 and libegl1"},
        {{.no_egl_library = true}, -EOPNOTSUPP, "dlerror; install libgbm1 and libegl1"},
        {{.missing = "gbm_device_destroy"}, -EOPNOTSUPP, "install Mesa's libgbm1"},
        {{.missing = "glViewport"}, -EOPNOTSUPP, "libEGL has no glViewport"},
        {{.no_gbm_device = true}, -EOPNOTSUPP, "no driver of OpenGL for the card"},
        {{.no_display = true, .egl_error = EGL_NOT_INITIALIZED}, -EOPNOTSUPP, "(error 0x3001)"},
        {{.egl_extensions = EGL_BASE MODIFIERS},
         -EOPNOTSUPP,
         "has no EGL_EXT_image_dma_buf_import;"},
        {{.egl_extensions = ""}, -EOPNOTSUPP, "has no EGL_EXT_image_dma_buf_import;"},
        {{.egl_extensions = "EGL_EXT_image_dma_buf_import EGL_KHR_image_base"},
         -EOPNOTSUPP,
         "has no EGL_KHR_no_config_context"},
        {{.no_context = true, .egl_error = EGL_BAD_MATCH},
         -EOPNOTSUPP,
         "no context (error 0x3009)"},
        {{.gl_extensions = "GL_OES_EGL_image"}, -EOPNOTSUPP, "no GL_OES_EGL_image_external"},
        {{.no_shader = true}, -EOPNOTSUPP, "does not take the agent's shader"},
        {{.renderer = "llvmpipe (LLVM 15)"}, -EOPNOTSUPP, "install libgl1-mesa-dri and the card's"},
        {{.no_memory = true}, -ENOMEM, "no memory for a picture of 4x3"},
        {{.no_image = true, .egl_error = EGL_BAD_ALLOC},
         -EOPNOTSUPP,
         "does not import the picture (EGL's error 0x3003; format 0x34325258, modifier "
         "0x0000000000000000, 1 planes)"},
        {{.gl_error = GL_INVALID_OPERATION}, -EIO, "OpenGL reports the error 0x0502"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct double_egl *egl = &cases[i].egl;
        set_up(state);
        const struct double_egl usual = fake;
        fake = *egl;
        fake.egl_extensions = egl->egl_extensions ? egl->egl_extensions : usual.egl_extensions;
        fake.gl_extensions = egl->gl_extensions ? egl->gl_extensions : usual.gl_extensions;
        fake.renderer = egl->renderer ? egl->renderer : usual.renderer;
        fails(cases[i].result, cases[i].text);
        fails(cases[i].result, cases[i].text); /* and again, from where that has left off */
        tear_down(state);
    }
    set_up(state);
}

/* The software renderer may read what is linear, if it is allowed. */
static void software_reads_what_is_linear(void **state)
{
    (void)state;
    struct scanout scanout = scanout_of_gfx8();

    fake.renderer = "softpipe";
    scanout.buffer.tiled = false;
    assert_int_equal(read_it(&scanout), -EOPNOTSUPP);
    scanout_import_destroy(import);
    import = scanout_import_create(CARD_FD, true);
    assert_int_equal(read_it(&scanout), 0);
    fails(-EOPNOTSUPP, "no driver of OpenGL but the processor's");
}

/* All is made anew; only if that is of no use, it fails. */
static void a_reset_is_mended(void **state)
{
    (void)state;
    succeeds();
    fake.reset = GL_GUILTY_CONTEXT_RESET_EXT;
    fails(-EAGAIN, "the GPU was reset; dmesg says more");
    assert_int_equal(fake.contexts, 0);
    fake.reset = GL_NO_ERROR;
    succeeds();
    assert_int_equal(fake.opened, 2);

    fake.gl_error = 0x0507; /* GL_CONTEXT_LOST */
    fails(-EAGAIN, "the GPU was reset");
    fails(-EIO, "the GPU was reset again");
    fake.gl_error = GL_NO_ERROR;
    succeeds();
    fake.no_image = true;
    fake.egl_error = EGL_CONTEXT_LOST;
    fails(-EAGAIN, "the GPU was reset");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_opened_before_the_first_read),
        TEST(without_a_modifier_none_is_passed),
        TEST(each_plane_has_the_modifier),
        TEST(the_render_node_is_opened),
        TEST(what_is_missing_is_one_line),
        TEST(software_reads_what_is_linear),
        TEST(a_reset_is_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
