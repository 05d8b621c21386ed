/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/scanout-import.h"

#include "agent/failure.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <dlfcn.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#define ERROR_BYTES 512
#define ATTRIBUTES_MAX 64

/* Of OpenGL ES 3.2 and EGL_EXT_create_context_robustness. */
#ifndef GL_CONTEXT_LOST
#define GL_CONTEXT_LOST 0x0507
#endif

/* All by eglGetProcAddress(), which EGL 1.5 lets answer for functions of the core, too. */
#define FUNCTIONS(FUNCTION)                                                     \
    FUNCTION(PFNEGLGETPLATFORMDISPLAYEXTPROC, eglGetPlatformDisplayEXT)         \
    FUNCTION(PFNEGLINITIALIZEPROC, eglInitialize)                               \
    FUNCTION(PFNEGLTERMINATEPROC, eglTerminate)                                 \
    FUNCTION(PFNEGLGETERRORPROC, eglGetError)                                   \
    FUNCTION(PFNEGLQUERYSTRINGPROC, eglQueryString)                             \
    FUNCTION(PFNEGLBINDAPIPROC, eglBindAPI)                                     \
    FUNCTION(PFNEGLCREATECONTEXTPROC, eglCreateContext)                         \
    FUNCTION(PFNEGLDESTROYCONTEXTPROC, eglDestroyContext)                       \
    FUNCTION(PFNEGLMAKECURRENTPROC, eglMakeCurrent)                             \
    FUNCTION(PFNEGLRELEASETHREADPROC, eglReleaseThread)                         \
    FUNCTION(PFNEGLCREATEIMAGEKHRPROC, eglCreateImageKHR)                       \
    FUNCTION(PFNEGLDESTROYIMAGEKHRPROC, eglDestroyImageKHR)                     \
    FUNCTION(PFNGLATTACHSHADERPROC, glAttachShader)                             \
    FUNCTION(PFNGLBINDATTRIBLOCATIONPROC, glBindAttribLocation)                 \
    FUNCTION(PFNGLBINDFRAMEBUFFERPROC, glBindFramebuffer)                       \
    FUNCTION(PFNGLBINDRENDERBUFFERPROC, glBindRenderbuffer)                     \
    FUNCTION(PFNGLBINDTEXTUREPROC, glBindTexture)                               \
    FUNCTION(PFNGLCHECKFRAMEBUFFERSTATUSPROC, glCheckFramebufferStatus)         \
    FUNCTION(PFNGLCOMPILESHADERPROC, glCompileShader)                           \
    FUNCTION(PFNGLCREATEPROGRAMPROC, glCreateProgram)                           \
    FUNCTION(PFNGLCREATESHADERPROC, glCreateShader)                             \
    FUNCTION(PFNGLDRAWARRAYSPROC, glDrawArrays)                                 \
    FUNCTION(PFNGLEGLIMAGETARGETTEXTURE2DOESPROC, glEGLImageTargetTexture2DOES) \
    FUNCTION(PFNGLENABLEVERTEXATTRIBARRAYPROC, glEnableVertexAttribArray)       \
    FUNCTION(PFNGLFRAMEBUFFERRENDERBUFFERPROC, glFramebufferRenderbuffer)       \
    FUNCTION(PFNGLGENFRAMEBUFFERSPROC, glGenFramebuffers)                       \
    FUNCTION(PFNGLGENRENDERBUFFERSPROC, glGenRenderbuffers)                     \
    FUNCTION(PFNGLGENTEXTURESPROC, glGenTextures)                               \
    FUNCTION(PFNGLGETERRORPROC, glGetError)                                     \
    FUNCTION(PFNGLGETPROGRAMIVPROC, glGetProgramiv)                             \
    FUNCTION(PFNGLGETSTRINGPROC, glGetString)                                   \
    FUNCTION(PFNGLGETUNIFORMLOCATIONPROC, glGetUniformLocation)                 \
    FUNCTION(PFNGLLINKPROGRAMPROC, glLinkProgram)                               \
    FUNCTION(PFNGLREADPIXELSPROC, glReadPixels)                                 \
    FUNCTION(PFNGLRENDERBUFFERSTORAGEPROC, glRenderbufferStorage)               \
    FUNCTION(PFNGLSHADERSOURCEPROC, glShaderSource)                             \
    FUNCTION(PFNGLTEXPARAMETERIPROC, glTexParameteri)                           \
    FUNCTION(PFNGLUNIFORM2FPROC, glUniform2f)                                   \
    FUNCTION(PFNGLUNIFORM3FPROC, glUniform3f)                                   \
    FUNCTION(PFNGLUSEPROGRAMPROC, glUseProgram)                                 \
    FUNCTION(PFNGLVERTEXATTRIBPOINTERPROC, glVertexAttribPointer)               \
    FUNCTION(PFNGLVIEWPORTPROC, glViewport)

/* Loaded once in the process's life. */
struct functions {
    struct gbm_device *(*gbm_create_device)(int fd);
    void (*gbm_device_destroy)(struct gbm_device *device);
#define MEMBER(type, name) type name;
    FUNCTIONS(MEMBER)
#undef MEMBER
    PFNGLGETGRAPHICSRESETSTATUSEXTPROC glGetGraphicsResetStatusEXT; /* NULL: no robustness */
};

/* What is held of the GPU; all of it begins anew after a reset. */
struct gpu {
    int fd; /* of the render node; -1: the card's own is used */
    struct gbm_device *gbm;
    EGLDisplay display;
    EGLContext context;
    bool has_modifiers;
    bool software; /* its "GPU" is the processor */
    GLuint texture;
    GLint rows, scale;            /* of the program */
    uint32_t width_px, height_px; /* of the linear buffer */
};

static const struct gpu no_gpu = {
    .fd = -1, .display = EGL_NO_DISPLAY, .context = EGL_NO_CONTEXT, .rows = -1, .scale = -1};

struct scanout_import {
    int card_fd;
    bool software; /* is allowed */
    bool loaded;
    struct functions call;
    struct gpu gpu;
    bool open;
    bool was_lost; /* since the last read that went well */
    char error[ERROR_BYTES];
};

static const char vertex_shader[] = "attribute vec2 corner;\n"
                                    "void main() {\n"
                                    "    gl_Position = vec4(corner, 0.0, 1.0);\n"
                                    "}\n";
/* rows: the first pixel of the first row, and the distance of the rows. At the middle of a pixel
 * there is nothing to round or to mix. */
static const char fragment_shader[] =
    "#extension GL_OES_EGL_image_external : require\n"
    "precision highp float;\n"
    "uniform samplerExternalOES screen;\n"
    "uniform vec3 rows;\n"
    "uniform vec2 scale;\n"
    "void main() {\n"
    "    vec2 at = vec2(gl_FragCoord.x + rows.x, floor(gl_FragCoord.y) * rows.z + rows.y + 0.5);\n"
    "    gl_FragColor = texture2D(screen, at * scale).bgra;\n"
    "}\n";

#define fail(self, number, ...) failure_set((self)->error, sizeof(self)->error, number, __VA_ARGS__)

/* --- the libraries --------------------------------------------------------------------- */

static bool load_function(void *library, const char *name, void *ret_function)
{
    void *function = dlsym(library, name);

    memcpy(ret_function, &function, sizeof function);
    return function != NULL;
}

static int load(struct scanout_import *self)
{
    struct functions *call = &self->call;
    __eglMustCastToProperFunctionPointerType (*address)(const char *name) = NULL;
    const struct {
        const char *name;
        void *function;
    } wanted[] = {
#define ROW(type, name) {#name, &call->name},
        FUNCTIONS(ROW)
#undef ROW
    };

    if (self->loaded)
        return 0;
    void *gbm = dlopen("libgbm.so.1", RTLD_NOW | RTLD_LOCAL);
    void *egl = gbm ? dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!egl)
        return fail(self, -EOPNOTSUPP, "%s; install libgbm1 and libegl1", dlerror());
    if (!load_function(gbm, "gbm_create_device", &call->gbm_create_device) ||
        !load_function(gbm, "gbm_device_destroy", &call->gbm_device_destroy) ||
        !load_function(egl, "eglGetProcAddress", &address))
        return fail(self, -EOPNOTSUPP, "%s; install Mesa's libgbm1 and libegl1", dlerror());
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        __eglMustCastToProperFunctionPointerType function = address(wanted[i].name);
        if (!function)
            return fail(self, -EOPNOTSUPP, "libEGL has no %s; install Mesa's libegl1",
                        wanted[i].name);
        memcpy(wanted[i].function, &function, sizeof function);
    }
    call->glGetGraphicsResetStatusEXT =
        (PFNGLGETGRAPHICSRESETSTATUSEXTPROC)address("glGetGraphicsResetStatusEXT");
    self->loaded = true;
    return 0;
}

/* --- the GPU --------------------------------------------------------------------------- */

/* Whether the list, whose words are separated by blanks, has the word. */
static bool has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);

    for (const char *at = list; at && (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static void close_gpu(struct scanout_import *self)
{
    const struct functions *call = &self->call;
    struct gpu *gpu = &self->gpu;

    if (gpu->display != EGL_NO_DISPLAY) {
        call->eglMakeCurrent(gpu->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        if (gpu->context != EGL_NO_CONTEXT)
            call->eglDestroyContext(gpu->display, gpu->context);
        call->eglTerminate(gpu->display);
        call->eglReleaseThread();
    }
    if (gpu->gbm)
        call->gbm_device_destroy(gpu->gbm);
    if (gpu->fd >= 0)
        close(gpu->fd);
    *gpu = no_gpu;
    self->open = false;
}

static int open_display(struct scanout_import *self)
{
    const struct functions *call = &self->call;
    struct gpu *gpu = &self->gpu;
    char *node = drmGetRenderDeviceNameFromFd(self->card_fd);

    if (node) {
        gpu->fd = open(node, O_RDWR | O_CLOEXEC);
        const int error = errno;
        if (gpu->fd < 0)
            fail(self, -EOPNOTSUPP,
                 "%s cannot be opened: %s; run as root, or as a member of the "
                 "group render",
                 node, strerror(error));
        free(node);
        if (gpu->fd < 0)
            return -EOPNOTSUPP;
    }
    gpu->gbm = call->gbm_create_device(gpu->fd >= 0 ? gpu->fd : self->card_fd);
    if (!gpu->gbm)
        return fail(self, -EOPNOTSUPP,
                    "there is no driver of OpenGL for the card; install libgl1-mesa-dri");
    EGLDisplay display = call->eglGetPlatformDisplayEXT(EGL_PLATFORM_GBM_KHR, gpu->gbm, NULL);
    if (display == EGL_NO_DISPLAY || !call->eglInitialize(display, NULL, NULL))
        return fail(self, -EOPNOTSUPP,
                    "EGL cannot use the card (error 0x%04x); install libgl1-mesa-dri",
                    (unsigned)call->eglGetError());
    gpu->display = display;
    return 0;
}

static int open_context(struct scanout_import *self)
{
    /* EGL_KHR_surfaceless_context and so on: without a window, and as Mesa has had them for years. */
    static const char *const wanted[] = {"EGL_EXT_image_dma_buf_import", "EGL_KHR_image_base",
                                         "EGL_KHR_no_config_context",
                                         "EGL_KHR_surfaceless_context"};
    const struct functions *call = &self->call;
    struct gpu *gpu = &self->gpu;
    const char *extensions = call->eglQueryString(gpu->display, EGL_EXTENSIONS);

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!has_word(extensions, wanted[i]))
            return fail(self, -EOPNOTSUPP, "the card's EGL has no %s; install a newer Mesa",
                        wanted[i]);
    gpu->has_modifiers = has_word(extensions, "EGL_EXT_image_dma_buf_import_modifiers");
    /* Without it Mesa ends the process when the GPU is reset. */
    const bool robust = has_word(extensions, "EGL_EXT_create_context_robustness");
    const EGLint attributes[] = {EGL_CONTEXT_CLIENT_VERSION, 2,
                                 robust ? EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT
                                        : EGL_NONE,
                                 EGL_LOSE_CONTEXT_ON_RESET_EXT, EGL_NONE};
    call->eglBindAPI(EGL_OPENGL_ES_API);
    gpu->context =
        call->eglCreateContext(gpu->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
    if (gpu->context == EGL_NO_CONTEXT ||
        !call->eglMakeCurrent(gpu->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gpu->context))
        return fail(self, -EOPNOTSUPP, "the card's EGL makes no context (error 0x%04x)",
                    (unsigned)call->eglGetError());
    extensions = (const char *)call->glGetString(GL_EXTENSIONS);
    if (!has_word(extensions, "GL_OES_EGL_image_external"))
        return fail(self, -EOPNOTSUPP,
                    "the card's OpenGL has no GL_OES_EGL_image_external; install a newer Mesa");
    const char *renderer = (const char *)call->glGetString(GL_RENDERER);
    gpu->software = renderer && (strstr(renderer, "llvmpipe") || strstr(renderer, "softpipe") ||
                                 strstr(renderer, "swrast"));
    return 0;
}

static int open_program(struct scanout_import *self)
{
    static const GLfloat corners[] = {-1, -1, 3, -1, -1, 3}; /* a triangle around all of it */
    const struct functions *call = &self->call;
    struct gpu *gpu = &self->gpu;
    const GLchar *const sources[] = {vertex_shader, fragment_shader};
    const GLenum kinds[] = {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER};
    const GLuint program = call->glCreateProgram();
    GLint linked = GL_FALSE;
    GLuint object;

    for (unsigned i = 0; i < 2; i++) {
        const GLuint shader = call->glCreateShader(kinds[i]);
        call->glShaderSource(shader, 1, &sources[i], NULL);
        call->glCompileShader(shader);
        call->glAttachShader(program, shader);
    }
    call->glBindAttribLocation(program, 0, "corner");
    call->glLinkProgram(program);
    call->glGetProgramiv(program, GL_LINK_STATUS, &linked);
    if (!linked)
        return fail(self, -EOPNOTSUPP, "the card's OpenGL does not take the agent's shader");
    call->glUseProgram(program);
    gpu->rows = call->glGetUniformLocation(program, "rows");
    gpu->scale = call->glGetUniformLocation(program, "scale");
    call->glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, corners);
    call->glEnableVertexAttribArray(0);
    call->glGenTextures(1, &gpu->texture);
    call->glBindTexture(GL_TEXTURE_EXTERNAL_OES, gpu->texture);
    call->glTexParameteri(GL_TEXTURE_EXTERNAL_OES, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    call->glTexParameteri(GL_TEXTURE_EXTERNAL_OES, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    call->glGenFramebuffers(1, &object);
    call->glBindFramebuffer(GL_FRAMEBUFFER, object);
    call->glGenRenderbuffers(1, &object);
    call->glBindRenderbuffer(GL_RENDERBUFFER, object);
    call->glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, object);
    return 0;
}

static int open_gpu(struct scanout_import *self)
{
    int result = load(self);

    if (result == 0)
        result = open_display(self);
    if (result == 0)
        result = open_context(self);
    if (result == 0)
        result = open_program(self);
    self->open = result == 0;
    return result;
}

/* --- reading --------------------------------------------------------------------------- */

/* Where the driver reports no modifier, none may be passed: it knows the layout from the buffer. */
static EGLImageKHR import(struct scanout_import *self, const struct scanout *scanout)
{
    static const EGLint of_plane[SCANOUT_PLANES][5] = {
#define PLANE(number)                                                                    \
    {EGL_DMA_BUF_PLANE##number##_FD_EXT, EGL_DMA_BUF_PLANE##number##_OFFSET_EXT,         \
     EGL_DMA_BUF_PLANE##number##_PITCH_EXT, EGL_DMA_BUF_PLANE##number##_MODIFIER_LO_EXT, \
     EGL_DMA_BUF_PLANE##number##_MODIFIER_HI_EXT}
        PLANE(0),
        PLANE(1),
        PLANE(2),
        PLANE(3),
#undef PLANE
    };
    const struct kms_buffer *buffer = &scanout->buffer;
    EGLint attributes[ATTRIBUTES_MAX];
    unsigned count = 0;

#define ADD(name, value) \
    (attributes[count] = (name), attributes[count + 1] = (EGLint)(value), count += 2)
    ADD(EGL_WIDTH, buffer->width_px);
    ADD(EGL_HEIGHT, buffer->height_px);
    ADD(EGL_LINUX_DRM_FOURCC_EXT, buffer->format);
    for (unsigned i = 0; i < scanout->planes; i++) {
        ADD(of_plane[i][0], scanout->fds[i]);
        ADD(of_plane[i][1], scanout->offsets_bytes[i]);
        ADD(of_plane[i][2], scanout->strides_bytes[i]);
        if (buffer->modified && self->gpu.has_modifiers) {
            ADD(of_plane[i][3], buffer->modifier & UINT32_MAX);
            ADD(of_plane[i][4], buffer->modifier >> 32);
        }
    }
#undef ADD
    attributes[count] = EGL_NONE;
    return self->call.eglCreateImageKHR(self->gpu.display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT,
                                        NULL, attributes);
}

/* Makes the linear buffer large enough. */
static int provide_buffer(struct scanout_import *self, uint32_t width_px, uint32_t height_px)
{
    const struct functions *call = &self->call;
    struct gpu *gpu = &self->gpu;

    if (width_px <= gpu->width_px && height_px <= gpu->height_px)
        return 0;
    width_px = width_px > gpu->width_px ? width_px : gpu->width_px;
    height_px = height_px > gpu->height_px ? height_px : gpu->height_px;
    call->glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8_OES, (GLsizei)width_px,
                                (GLsizei)height_px);
    if (call->glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
        return fail(self, -ENOMEM, "the card has no memory for a picture of %ux%u", width_px,
                    height_px);
    gpu->width_px = width_px;
    gpu->height_px = height_px;
    return 0;
}

static bool is_lost(const struct scanout_import *self, GLenum error)
{
    const struct functions *call = &self->call;

    return error == GL_CONTEXT_LOST || (call->glGetGraphicsResetStatusEXT &&
                                        call->glGetGraphicsResetStatusEXT() != GL_NO_ERROR);
}

static void draw(const struct scanout_import *self, EGLImageKHR image,
                 const struct kms_buffer *buffer, const struct kms_rows *rows, uint8_t *bgrx)
{
    const struct functions *call = &self->call;
    const GLsizei width_px = (GLsizei)rows->crop.width_px, count = (GLsizei)kms_rows_count(rows);

    call->glEGLImageTargetTexture2DOES(GL_TEXTURE_EXTERNAL_OES, image);
    call->glUniform3f(self->gpu.rows, (GLfloat)rows->crop.x_px,
                      (GLfloat)(rows->crop.y_px + rows->first), (GLfloat)rows->step);
    call->glUniform2f(self->gpu.scale, 1.0f / (GLfloat)buffer->width_px,
                      1.0f / (GLfloat)buffer->height_px);
    call->glViewport(0, 0, width_px, count);
    call->glDrawArrays(GL_TRIANGLES, 0, 3);
    call->glReadPixels(0, 0, width_px, count, GL_RGBA, GL_UNSIGNED_BYTE, bgrx);
}

static int lose(struct scanout_import *self)
{
    const bool again = self->was_lost;

    close_gpu(self);
    self->was_lost = true;
    return fail(self, again ? -EIO : -EAGAIN, "the GPU was reset%s; dmesg says more",
                again ? " again" : "");
}

int scanout_import_read(struct scanout_import *self, const struct scanout *scanout,
                        const struct kms_rows *rows, uint8_t *bgrx)
{
    const struct functions *call = &self->call;
    const struct kms_buffer *buffer = &scanout->buffer;
    int result = self->open ? 0 : open_gpu(self);

    if (result == 0 && self->gpu.software && !(self->software && kms_buffer_is_linear(buffer)))
        result = fail(self, -EOPNOTSUPP,
                      "the card has no driver of OpenGL but the processor's, which cannot read its "
                      "picture; install libgl1-mesa-dri and the card's firmware");
    if (result == 0 && buffer->modified && buffer->modifier != DRM_FORMAT_MOD_LINEAR &&
        !self->gpu.has_modifiers)
        result =
            fail(self, -EOPNOTSUPP,
                 "the card's EGL has no EGL_EXT_image_dma_buf_import_modifiers; install a newer "
                 "Mesa");
    if (result == 0)
        result = provide_buffer(self, rows->crop.width_px, kms_rows_count(rows));
    if (result < 0) {
        close_gpu(self);
        return result;
    }
    const EGLImageKHR image = import(self, scanout);
    if (image == EGL_NO_IMAGE_KHR) {
        const EGLint error = call->eglGetError();
        if (error == EGL_CONTEXT_LOST || is_lost(self, GL_NO_ERROR))
            return lose(self);
        return fail(self, -EOPNOTSUPP,
                    "the card's driver does not import the picture (EGL's error 0x%04x; format "
                    "0x%08x, modifier 0x%016llx, %u planes)",
                    (unsigned)error, buffer->format, (unsigned long long)buffer->modifier,
                    scanout->planes);
    }
    draw(self, image, buffer, rows, bgrx);
    const GLenum error = call->glGetError();
    call->eglDestroyImageKHR(self->gpu.display, image);
    if (is_lost(self, error))
        return lose(self);
    if (error != GL_NO_ERROR)
        return fail(self, -EIO, "the card's OpenGL reports the error 0x%04x", error);
    self->was_lost = false;
    return 0;
}

struct scanout_import *scanout_import_create(int card_fd, bool software)
{
    struct scanout_import *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->card_fd = card_fd;
    self->software = software;
    self->gpu = no_gpu;
    return self;
}

void scanout_import_destroy(struct scanout_import *self)
{
    if (!self)
        return;
    close_gpu(self);
    free(self);
}

const char *scanout_import_error(const struct scanout_import *self)
{
    return self->error;
}
