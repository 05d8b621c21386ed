/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/kvm-guest.h"

#include "shadow-paging/trap-backends.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEVICE "/dev/kvm"

/* The guest's physical addresses; kvm-guest.h. */
#define RAM_BYTES (512 * 1024)
#define PROGRAM_AT 0x1000
#define PML4_AT 0x2000
#define PDPT_AT 0x3000
#define PD_AT 0x4000 /* DIRECTORIES pages */
#define LIST_AT 0x10000
#define DOORBELL_AT 0x100000
#define TABLE_AT 0x200000
/* As much as a write's offset of 32 bits reaches beyond the table: 5 GiB. */
#define DIRECTORIES 5
#define LIST_MAX ((RAM_BYTES - LIST_AT) / sizeof(struct guest_write))

#define RAM_SLOT 0
#define TABLE_SLOT 1

/* Bits of the processor's page tables. */
#define MAPS_PRESENT 1
#define MAPS_WRITABLE 2
#define MAPS_USER 4
#define MAPS_LARGE 0x80

/* rbx: the list, rcx: how many, r8: the table, r9: the doorbell. The two stores are where
 * it exits; a processor that continues behind the doorbell has a new list. */
extern const uint8_t kvm_guest_program[], kvm_guest_store8[], kvm_guest_store4[], kvm_guest_end[];
/* clang-format off */
__asm__(".pushsection .rodata\n"
        ".globl kvm_guest_program, kvm_guest_store8, kvm_guest_store4, kvm_guest_end\n"
        ".hidden kvm_guest_program, kvm_guest_store8, kvm_guest_store4, kvm_guest_end\n"
        "kvm_guest_program:\n"
        "1:  testq %rcx, %rcx\n"
        "    jz 4f\n"
        "    movq (%rbx), %rsi\n"
        "    movl 8(%rbx), %edi\n"
        "    addq %r8, %rdi\n"
        "    cmpl $8, 12(%rbx)\n"
        "    jne 2f\n"
        "kvm_guest_store8:\n"
        "    movq %rsi, (%rdi)\n"
        "    jmp 3f\n"
        "2:\n"
        "kvm_guest_store4:\n"
        "    movl %esi, (%rdi)\n"
        "3:  addq $16, %rbx\n"
        "    decq %rcx\n"
        "    jmp 1b\n"
        "4:  movl %ecx, (%r9)\n"
        "    jmp 1b\n"
        "kvm_guest_end:\n"
        ".popsection\n");
/* clang-format on */
#define STORE8_BYTES 3
#define STORE4_BYTES 2

struct kvm_guest {
    struct trap *trap;
    pthread_mutex_t turn; /* of the virtual processor */
    int kvm_fd, vm_fd, vcpu_fd, memory_fd;
    size_t run_bytes;
    struct kvm_run *run;
    uint8_t *ram;
    uint8_t *table; /* the memory behind the slot, which is protected */
};

/* --- set-up -------------------------------------------------------------------------- */

static void write_page_tables(uint8_t *ram)
{
    const uint64_t flags = MAPS_PRESENT | MAPS_WRITABLE | MAPS_USER;
    uint64_t *pml4 = (uint64_t *)(ram + PML4_AT), *pdpt = (uint64_t *)(ram + PDPT_AT);
    uint64_t *pd = (uint64_t *)(ram + PD_AT);

    pml4[0] = PDPT_AT | flags;
    for (uint64_t i = 0; i < DIRECTORIES; i++)
        pdpt[i] = (PD_AT + i * TABLE_PAGE_BYTES) | flags;
    for (uint64_t i = 0; i < DIRECTORIES * 512; i++)
        pd[i] = i << 21 | flags | MAPS_LARGE;
}

static bool add_slot(struct kvm_guest *guest, unsigned slot, uint64_t at, void *memory,
                     size_t bytes, unsigned flags)
{
    const struct kvm_userspace_memory_region region = {
        .slot = slot,
        .flags = flags,
        .guest_phys_addr = at,
        .memory_size = bytes,
        .userspace_addr = (uintptr_t)memory,
    };

    return ioctl(guest->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) == 0;
}

/* The whole address space, for code (type 11) or data (type 3) at CPL 3. */
static struct kvm_segment segment(uint16_t selector, uint8_t type)
{
    return (struct kvm_segment){
        .limit = UINT32_MAX,
        .selector = selector,
        .type = type,
        .present = 1,
        .dpl = 3,
        .s = 1,
        .g = 1,
        .l = type == 11,
        .db = type != 11,
    };
}

static bool set_registers(struct kvm_guest *guest)
{
    struct kvm_sregs sregs;
    const struct kvm_regs regs = {
        .rip = PROGRAM_AT,
        .rflags = 0x202, /* interrupts are on: a host may insist on it */
        .r8 = TABLE_AT,
        .r9 = DOORBELL_AT,
    };

    if (ioctl(guest->vcpu_fd, KVM_GET_SREGS, &sregs) != 0)
        return false;
    sregs.cs = segment(0x33, 11);
    sregs.ss = sregs.ds = sregs.es = sregs.fs = sregs.gs = segment(0x2b, 3);
    sregs.tr = (struct kvm_segment){.limit = 0x67, .selector = 0x40, .type = 11, .present = 1};
    sregs.ldt = (struct kvm_segment){.unusable = 1};
    sregs.cr0 = 0x80050033; /* paging, protection, write protection, no x87 emulation */
    sregs.cr3 = PML4_AT;
    sregs.cr4 = 0x20;   /* PAE */
    sregs.efer = 0xd01; /* long mode, no-execute, syscall */
    return ioctl(guest->vcpu_fd, KVM_SET_SREGS, &sregs) == 0 &&
           ioctl(guest->vcpu_fd, KVM_SET_REGS, &regs) == 0;
}

static bool set_cpuid(struct kvm_guest *guest)
{
    const uint32_t entries = 256;
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + entries * sizeof cpuid->entries[0]);
    bool done = false;

    if (cpuid) {
        cpuid->nent = entries;
        done = ioctl(guest->kvm_fd, KVM_GET_SUPPORTED_CPUID, cpuid) == 0 &&
               ioctl(guest->vcpu_fd, KVM_SET_CPUID2, cpuid) == 0;
    }
    free(cpuid);
    return done;
}

static bool map(struct kvm_guest *guest)
{
    guest->memory_fd = memfd_create("guest-table", MFD_CLOEXEC);
    if (guest->memory_fd < 0 || ftruncate(guest->memory_fd, TABLE_BYTES) != 0)
        return false;
    guest->trap->table = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                              guest->memory_fd, 0);
    guest->table = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                        guest->memory_fd, 0);
    guest->ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return guest->trap->table != MAP_FAILED && guest->table != MAP_FAILED &&
           guest->ram != MAP_FAILED;
}

/* What could not be done, or NULL. */
static const char *start(struct kvm_guest *guest, bool logs)
{
    if (ioctl(guest->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_REGS) <= 0)
        return "it has no KVM_CAP_SYNC_REGS";
    guest->vm_fd = ioctl(guest->kvm_fd, KVM_CREATE_VM, 0);
    if (guest->vm_fd < 0)
        return "a VM cannot be created";
    if (!map(guest))
        return "no memory";
    guest->vcpu_fd = ioctl(guest->vm_fd, KVM_CREATE_VCPU, 0);
    if (guest->vcpu_fd < 0)
        return "a virtual processor cannot be created";
    const int run_bytes = ioctl(guest->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
    guest->run_bytes = run_bytes > 0 ? (size_t)run_bytes : 0;
    guest->run =
        mmap(NULL, guest->run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, guest->vcpu_fd, 0);
    if (guest->run == MAP_FAILED)
        return "its virtual processor cannot be mapped";

    write_page_tables(guest->ram);
    memcpy(guest->ram + PROGRAM_AT, kvm_guest_program, (size_t)(kvm_guest_end - kvm_guest_program));
    if (!add_slot(guest, RAM_SLOT, 0, guest->ram, RAM_BYTES, 0) ||
        !add_slot(guest, TABLE_SLOT, TABLE_AT, guest->table, TABLE_BYTES,
                  logs ? KVM_MEM_LOG_DIRTY_PAGES : 0))
        return "its memory is refused";
    if (!set_cpuid(guest) || !set_registers(guest))
        return "its registers are refused";
    guest->run->kvm_valid_regs = KVM_SYNC_X86_REGS;
    if (ioctl(guest->vcpu_fd, KVM_GET_REGS, &guest->run->s.regs.regs) != 0)
        return "its registers cannot be read";
    return NULL;
}

struct kvm_guest *kvm_guest_create(struct trap *trap, bool logs, struct trap_reason *ret_reason)
{
    struct kvm_guest *guest = calloc(1, sizeof *guest);

    if (!guest) {
        trap_fails(ret_reason, "%s: no memory", trap->ops->name);
        return NULL;
    }
    pthread_mutex_init(&guest->turn, NULL);
    guest->trap = trap;
    guest->vm_fd = guest->vcpu_fd = guest->memory_fd = -1;
    guest->run = MAP_FAILED;
    guest->ram = guest->table = MAP_FAILED;
    trap->table = MAP_FAILED;
    guest->kvm_fd = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (guest->kvm_fd < 0) {
        trap_fails(ret_reason, "%s: " DEVICE " cannot be opened: %s", trap->ops->name,
                   strerror(errno));
        kvm_guest_destroy(guest);
        return NULL;
    }
    const char *problem = start(guest, logs);
    if (problem) {
        trap_fails(ret_reason, "%s: " DEVICE " opens, but %s: %s", trap->ops->name, problem,
                   strerror(errno));
        kvm_guest_destroy(guest);
        return NULL;
    }
    return guest;
}

static void unmap(void *memory, size_t bytes)
{
    if (memory != MAP_FAILED)
        munmap(memory, bytes);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void kvm_guest_destroy(struct kvm_guest *guest)
{
    if (!guest)
        return;
    unmap(guest->run, guest->run_bytes);
    close_fd(guest->vcpu_fd);
    close_fd(guest->vm_fd);
    close_fd(guest->kvm_fd);
    unmap(guest->trap->table, TABLE_BYTES);
    unmap(guest->table, TABLE_BYTES);
    unmap(guest->ram, RAM_BYTES);
    close_fd(guest->memory_fd);
    pthread_mutex_destroy(&guest->turn);
    free(guest);
}

/* --- running it ------------------------------------------------------------------------ */

static uint64_t address_of(const uint8_t *instruction)
{
    return PROGRAM_AT + (uint64_t)(instruction - kvm_guest_program);
}

static void report(struct kvm_guest *guest, const struct kvm_regs *regs, uint32_t size_bytes)
{
    const struct guest_write write = {
        .value = size_bytes == 8 ? regs->rsi : (uint32_t)regs->rsi,
        .offset_bytes = (uint32_t)(regs->rdi - TABLE_AT),
        .size_bytes = size_bytes,
    };

    guest->trap->handler.write(guest->trap->handler.data, &write);
}

/* The guest has stopped at a store into a protected page: reports it, and leaves it out. */
static bool skip_store(struct kvm_guest *guest)
{
    struct kvm_regs *regs = &guest->run->s.regs.regs;
    const bool is_store8 = regs->rip == address_of(kvm_guest_store8);

    if (!is_store8 && regs->rip != address_of(kvm_guest_store4))
        return false;
    report(guest, regs, is_store8 ? 8 : 4);
    regs->rip += is_store8 ? STORE8_BYTES : STORE4_BYTES;
    guest->run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
    return true;
}

/* Where nothing is: the doorbell ends the list; or outside the table. Such a store is
 * behind the guest already, and one over two pages comes in two parts. True: go on. */
static bool on_mmio(struct kvm_guest *guest, bool *ret_done)
{
    const struct kvm_regs *regs = &guest->run->s.regs.regs;

    if (!guest->run->mmio.is_write)
        return false;
    *ret_done = guest->run->mmio.phys_addr == DOORBELL_AT;
    if (!*ret_done && guest->run->mmio.phys_addr == regs->rdi)
        report(guest, regs, regs->rip == address_of(kvm_guest_store8) + STORE8_BYTES ? 8 : 4);
    return true;
}

/* Until the list is done. */
static bool run(struct kvm_guest *guest)
{
    bool done = false;

    while (!done) {
        if (ioctl(guest->vcpu_fd, KVM_RUN, 0) == 0) {
            if (guest->run->exit_reason != KVM_EXIT_MMIO || !on_mmio(guest, &done))
                return false;
        } else if (errno == EFAULT) {
            if (!skip_store(guest))
                return false;
        } else if (errno != EINTR && errno != EAGAIN) {
            return false;
        }
    }
    return true;
}

static int write_list(struct kvm_guest *guest, const struct guest_write *writes, size_t count)
{
    struct kvm_regs *regs = &guest->run->s.regs.regs;

    memcpy(guest->ram + LIST_AT, writes, count * sizeof *writes);
    regs->rbx = LIST_AT;
    regs->rcx = count;
    guest->run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
    return run(guest) ? 0 : -EIO;
}

/* What begins inside the table and ends outside would be done half by the guest. */
static bool ends_outside(const struct guest_write *write)
{
    return write->offset_bytes < TABLE_BYTES && !trap_is_inside(write);
}

int kvm_guest_write(struct kvm_guest *guest, const struct guest_write *writes, size_t count)
{
    int result = 0;

    pthread_mutex_lock(&guest->turn);
    for (size_t begin = 0; begin < count && result == 0;) {
        size_t end = begin;
        while (end < count && end - begin < LIST_MAX && !ends_outside(&writes[end]))
            end++;
        if (end > begin)
            result = write_list(guest, writes + begin, end - begin);
        else
            guest->trap->handler.write(guest->trap->handler.data, &writes[end++]);
        begin = end;
    }
    pthread_mutex_unlock(&guest->turn);
    return result;
}

int kvm_guest_protect(struct kvm_guest *guest, unsigned first_page, unsigned pages, bool protected)
{
    return mprotect(guest->table + first_page * TABLE_PAGE_BYTES, pages * TABLE_PAGE_BYTES,
                    protected ? PROT_READ : PROT_READ | PROT_WRITE) == 0
               ? 0
               : -errno;
}

int kvm_guest_read_log(struct kvm_guest *guest, struct trap_pages *ret_dirty)
{
    const struct kvm_dirty_log log = {.slot = TABLE_SLOT, .dirty_bitmap = ret_dirty->bits};

    return ioctl(guest->vm_fd, KVM_GET_DIRTY_LOG, &log) == 0 ? 0 : -errno;
}
