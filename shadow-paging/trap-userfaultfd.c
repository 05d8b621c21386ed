/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* userfaultfd's write protection, which splits no mapping. The kernel sends SIGBUS to the
 * thread that writes, so no second thread has to be waited for. */
#include "shadow-paging/trap-backends.h"
#include "shadow-paging/user-view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct userfaultfd {
    struct user_view view;
    int fd;
};

static bool open_fd(struct userfaultfd *own, struct trap_reason *ret_reason)
{
    struct uffdio_api api = {
        .api = UFFD_API,
        .features =
            UFFD_FEATURE_SIGBUS | UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
    };
    struct uffdio_register range = {
        .range = {.start = (uintptr_t)own->view.guest, .len = TABLE_BYTES},
        .mode = UFFDIO_REGISTER_MODE_WP,
    };

    own->fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (own->fd < 0)
        return trap_fails(ret_reason, "userfaultfd: cannot be opened: %s", strerror(errno));
    if (ioctl(own->fd, UFFDIO_API, &api) == 0 && ioctl(own->fd, UFFDIO_REGISTER, &range) == 0)
        return true;
    trap_fails(ret_reason, "userfaultfd: this kernel cannot protect shared memory with it: %s",
               strerror(errno));
    close(own->fd);
    return false;
}

static bool start(struct trap *trap, struct trap_reason *ret_reason)
{
    struct userfaultfd *own = calloc(1, sizeof *own);

    if (!own)
        return trap_fails(ret_reason, "userfaultfd: no memory");
    if (user_view_start(&own->view, trap, ret_reason)) {
        trap->own = own;
        if (open_fd(own, ret_reason))
            return true;
        user_view_stop(&own->view);
    }
    free(own);
    return false;
}

static void stop(struct trap *trap)
{
    struct userfaultfd *own = trap->own;

    close(own->fd);
    user_view_stop(&own->view);
    free(own);
}

static int set(struct trap *trap, unsigned first_page, unsigned pages, uint64_t mode)
{
    const struct userfaultfd *own = trap->own;
    struct uffdio_writeprotect protection = {
        .range = {.start = (uintptr_t)own->view.guest + first_page * TABLE_PAGE_BYTES,
                  .len = pages * TABLE_PAGE_BYTES},
        .mode = mode,
    };

    return ioctl(own->fd, UFFDIO_WRITEPROTECT, &protection) == 0 ? 0 : -errno;
}

static int protect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, UFFDIO_WRITEPROTECT_MODE_WP);
}

static int unprotect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, 0);
}

static int write_all(struct trap *trap, const struct guest_write *writes, size_t count)
{
    struct userfaultfd *own = trap->own;

    user_view_write(&own->view, writes, count);
    return 0;
}

const struct trap_ops trap_userfaultfd = {
    "userfaultfd", "a store into memory that userfaultfd protects: SIGBUS, emulated and left out",
    start,         stop,
    protect,       unprotect,
    write_all,     NULL,
};
