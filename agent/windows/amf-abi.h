/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * amf-abi: as much as the agent calls of the binary interface of AMD's encoder runtime (AMF).
 *
 * Debian has no package with AMD's headers, so this is a declaration of our own: objects
 * whose only member is the address of a table of functions, tables that are declared as far
 * as the last slot that is called, with the slots between them left without a type. The
 * interface has been the same from AMF 1.4.24 to 1.5.2; agent/tests/windows/amf-headers
 * holds every slot, size and number of this file against AMD's own headers.
 *
 * Calling convention: on x86-64 the system's one. Objects are counted: what a function
 * returns is released by the caller. Property names are wide strings of the system's
 * wchar_t.
 */
#ifndef AGENT_WINDOWS_AMF_ABI_H
#define AGENT_WINDOWS_AMF_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* AMF_RESULT, as far as they mean something to us. */
enum amf_result {
    AMF_RESULT_OK = 0,
    AMF_RESULT_FAIL = 1,
    AMF_RESULT_ACCESS_DENIED = 3,
    AMF_RESULT_INVALID_ARG = 4,
    AMF_RESULT_OUT_OF_MEMORY = 6,
    AMF_RESULT_NOT_SUPPORTED = 10,
    AMF_RESULT_NOT_FOUND = 11,
    AMF_RESULT_NO_DEVICE = 17,
    AMF_RESULT_DIRECTX_FAILED = 18,
    AMF_RESULT_EOF = 23,
    AMF_RESULT_REPEAT = 24,     /* QueryOutput: no access unit yet */
    AMF_RESULT_INPUT_FULL = 25, /* SubmitInput: not taken, later again */
    AMF_RESULT_RESOLUTION_CHANGED = 26,
    AMF_RESULT_INVALID_RESOLUTION = 29,
    AMF_RESULT_CODEC_NOT_SUPPORTED = 30,
    AMF_RESULT_ENCODER_NOT_PRESENT = 36,
    AMF_RESULT_NEED_MORE_INPUT = 44, /* SubmitInput: taken, without an access unit of its own */
};

enum amf_number {
    AMF_DX_11_0 = 110,         /* AMF_DX_VERSION */
    AMF_FORMAT_BGRA = 3,       /* AMF_SURFACE_FORMAT */
    AMF_USAGE_TRANSCODING = 0, /* AMF_VIDEO_ENCODER_USAGE_ENUM */
    AMF_USAGE_ULTRA_LOW_LATENCY = 1,
    AMF_USAGE_LOW_LATENCY = 2,
    AMF_USAGE_LOW_LATENCY_HIGH_QUALITY = 5,
    AMF_PICTURE_IDR = 2,      /* AMF_VIDEO_ENCODER_PICTURE_TYPE_ENUM */
    AMF_RATE_CONTROL_CBR = 1, /* AMF_VIDEO_ENCODER_RATE_CONTROL_METHOD_ENUM */
    AMF_QUALITY_SPEED = 1,    /* AMF_VIDEO_ENCODER_QUALITY_PRESET_ENUM */
};

/* Names of properties and of the component. */
#define AMF_COMPONENT_H264 L"AMFVideoEncoderVCE_AVC"
#define AMF_USAGE L"Usage"
#define AMF_EXTRA_DATA L"ExtraData"
#define AMF_FRAME_RATE L"FrameRate"
#define AMF_TARGET_BITRATE L"TargetBitrate"
#define AMF_PEAK_BITRATE L"PeakBitrate"
#define AMF_VBV_BUFFER_SIZE L"VBVBufferSize"
#define AMF_RATE_CONTROL_METHOD L"RateControlMethod"
#define AMF_QUALITY_PRESET L"QualityPreset"
#define AMF_B_PICTURES L"BPicturesPattern"
#define AMF_B_PICTURES_MAX L"MaxConsecutiveBPictures"
#define AMF_IDR_PERIOD L"IDRPeriod"
#define AMF_LOW_LATENCY L"LowLatencyInternal"
#define AMF_INPUT_QUEUE_SIZE L"InputQueueSize"
#define AMF_SKIP_FRAMES L"RateControlSkipFrameEnable"
#define AMF_QUERY_TIMEOUT L"QueryTimeout"
#define AMF_QUERY_TIMEOUT_SUPPORT L"QueryTimeoutSupport"
#define AMF_FORCE_PICTURE_TYPE L"ForcePictureType"
#define AMF_INSERT_SPS L"InsertSPS"
#define AMF_INSERT_PPS L"InsertPPS"

struct amf_guid {
    uint32_t data1;
    uint16_t data2, data3;
    uint8_t data4[8];
};

/* clang-format off */
#define AMF_IID_BUFFER { 0xb04b7248, 0xb6f0, 0x4321, { 0xb6, 0x91, 0xba, 0xa4, 0x74, 0x0f, 0x9f, 0xcb } }
/* clang-format on */

enum amf_variant_type {
    AMF_TYPE_EMPTY = 0,
    AMF_TYPE_BOOL = 1,
    AMF_TYPE_INT64 = 2,
    AMF_TYPE_RATE = 7,
    AMF_TYPE_INTERFACE = 12,
};

struct amf_buffer;
struct amf_component;
struct amf_context;
struct amf_factory;
struct amf_interface;
struct amf_surface;

/* Passed by value. */
struct amf_variant {
    int32_t type; /* enum amf_variant_type */
    union {
        uint8_t boolean;
        int64_t integer;
        struct amf_interface *object;
        struct {
            uint32_t num, den;
        } rate;
        int32_t largest[4];
    };
};

typedef void (*amf_slot)(void); /* not called by us */

/* The first slots of every object with properties. */
#define AMF_STORAGE_SLOTS(object)                                                                 \
    long (*acquire)(struct object * self);                                                        \
    long (*release)(struct object * self);                                                        \
    int32_t (*query_interface)(struct object * self, const struct amf_guid *id, void **ret);      \
    int32_t (*set_property)(struct object * self, const wchar_t *name, struct amf_variant value); \
    int32_t (*get_property)(struct object * self, const wchar_t *name, struct amf_variant *ret);  \
    amf_slot storage_rest[8]

struct amf_interface_table {
    AMF_STORAGE_SLOTS(amf_interface);
};
struct amf_interface { /* any object, also the encoder's capabilities */
    const struct amf_interface_table *table;
};

struct amf_buffer_table {
    AMF_STORAGE_SLOTS(amf_buffer);
    amf_slot data[10];
    amf_slot set_size;
    size_t (*get_size)(struct amf_buffer *self);
    void *(*get_native)(struct amf_buffer *self);
    amf_slot rest[2];
};
struct amf_buffer {
    const struct amf_buffer_table *table;
};

struct amf_surface_table {
    AMF_STORAGE_SLOTS(amf_surface);
    amf_slot data[6];
    void (*set_pts)(struct amf_surface *self, int64_t pts);
    amf_slot rest[13];
};
struct amf_surface {
    const struct amf_surface_table *table;
};

struct amf_context_table {
    AMF_STORAGE_SLOTS(amf_context);
    int32_t (*terminate)(struct amf_context *self);
    amf_slot dx9[4];
    int32_t (*init_dx11)(struct amf_context *self, void *device, int32_t version);
    amf_slot other_devices[28];
    int32_t (*create_surface_from_host)(struct amf_context *self, int32_t format, int32_t width,
                                        int32_t height, int32_t row_bytes, int32_t rows,
                                        void *pixels, struct amf_surface **ret, void *observer);
    amf_slot from_dx9;
    int32_t (*create_surface_from_dx11)(struct amf_context *self, void *texture,
                                        struct amf_surface **ret, void *observer);
    amf_slot rest[5];
};
struct amf_context {
    const struct amf_context_table *table;
};

struct amf_component_table {
    AMF_STORAGE_SLOTS(amf_component);
    amf_slot property_info[4];
    int32_t (*init)(struct amf_component *self, int32_t format, int32_t width, int32_t height);
    amf_slot reinit;
    int32_t (*terminate)(struct amf_component *self);
    amf_slot drain, flush;
    int32_t (*submit_input)(struct amf_component *self, struct amf_interface *data);
    int32_t (*query_output)(struct amf_component *self, struct amf_interface **ret_data);
    amf_slot get_context, set_allocator;
    int32_t (*get_caps)(struct amf_component *self, struct amf_interface **ret_caps);
    amf_slot optimize;
};
struct amf_component {
    const struct amf_component_table *table;
};

struct amf_factory_table {
    int32_t (*create_context)(struct amf_factory *self, struct amf_context **ret);
    int32_t (*create_component)(struct amf_factory *self, struct amf_context *context,
                                const wchar_t *id, struct amf_component **ret);
    amf_slot rest[5];
};
struct amf_factory { /* the runtime's own: not counted */
    const struct amf_factory_table *table;
};

/* The runtime's two exports. A version is major << 48 | minor << 32 | release << 16 | build. */
#define AMF_LIBRARY L"amfrt64.dll"
#define AMF_INIT "AMFInit"
#define AMF_QUERY_VERSION "AMFQueryVersion"
typedef int32_t (*amf_init_function)(uint64_t version, struct amf_factory **ret);
typedef int32_t (*amf_query_version_function)(uint64_t *ret_version);

#endif
