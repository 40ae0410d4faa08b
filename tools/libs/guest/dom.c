/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenguest: the image of a domain that is being made, what is loaded
 * into it, and the memory that is mapped for that.
 *
 * Source: xenguest.h. Layer: tools, library.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <xenforeignmemory.h>

#include "../ctrl/private.h"
#include "private.h"

/* Memory to be freed, or a file to be unmapped, with the image. */
struct xc_dom_mem {
    struct xc_dom_mem *next;
    void *mapping; /* NULL: only this block */
    size_t size;
} __attribute__((__aligned__(16))); /* libfdt wants 8 of what follows */

/* Mapped frames of the guest. */
struct xc_dom_phys {
    struct xc_dom_phys *next;
    void *ptr;
    xen_pfn_t first, count;
};

/* --- messages ------------------------------------------------------------ */

int xc_dom_loginit(xc_interface *xch)
{
    (void)xch;
    return 0;
}

void xc_dom_printf(xc_interface *xch, const char *fmt, ...)
{
    va_list al;

    va_start(al, fmt);
    xtl_logv(xch->dombuild_logger, XTL_DETAIL, -1, "domainbuilder", fmt, al);
    va_end(al);
}

static void vfail(xc_interface *xch, xc_error_code code, const char *fmt,
                  va_list al)
{
    xc_error error = { .code = code };
    int keep = errno;

    vsnprintf(error.message, sizeof(error.message), fmt, al);
    xtl_log(xch->dombuild_logger, XTL_ERROR, keep, "domainbuilder", "%s: %s",
            xc_error_code_to_desc(code), error.message);
    pthread_mutex_lock(&xch->lock);
    xch->last_error = error;
    pthread_mutex_unlock(&xch->lock);
    errno = keep;
}

void xc_dom_panic_func(xc_interface *xch, const char *file, int line,
                       xc_error_code err, const char *fmt, ...)
{
    va_list al;

    xc_dom_printf(xch, "%s:%d says:", file, line);
    va_start(al, fmt);
    vfail(xch, err, fmt, al);
    va_end(al);
}

int dom_fail(struct xc_dom_image *dom, xc_error_code code, const char *fmt, ...)
{
    va_list al;

    va_start(al, fmt);
    vfail(dom->xch, code, fmt, al);
    va_end(al);
    return -1;
}

/* --- begin and end ------------------------------------------------------- */

struct xc_dom_image *xc_dom_allocate(xc_interface *xch, const char *cmdline,
                                     const char *features)
{
    struct xc_dom_image *dom = calloc(1, sizeof(*dom));

    (void)features;
    if (!dom)
        return NULL;
    dom->xch = xch;
    dom->container_type = XC_DOM_HVM_CONTAINER;
    if (cmdline) {
        dom->cmdline = xc_dom_strdup(dom, cmdline);
        if (!dom->cmdline) {
            xc_dom_release(dom);
            return NULL;
        }
    }
    return dom;
}

void xc_dom_release(struct xc_dom_image *dom)
{
    struct xc_dom_mem *mem, *next;

    if (!dom)
        return;
    xc_dom_unmap_all(dom);
    for (mem = dom->memblocks; mem; mem = next) {
        next = mem->next;
        if (mem->mapping)
            munmap(mem->mapping, mem->size);
        free(mem);
    }
    free(dom);
}

/* --- memory of this process ---------------------------------------------- */

static struct xc_dom_mem *new_block(struct xc_dom_image *dom, size_t size)
{
    struct xc_dom_mem *mem;

    if (size > SIZE_MAX - sizeof(*mem)) {
        errno = ENOMEM;
        return NULL;
    }
    mem = calloc(1, sizeof(*mem) + size);
    if (!mem)
        return NULL;
    mem->next = dom->memblocks;
    dom->memblocks = mem;
    return mem;
}

void *xc_dom_malloc(struct xc_dom_image *dom, size_t size)
{
    struct xc_dom_mem *mem = new_block(dom, size);

    return mem ? mem + 1 : NULL;
}

char *xc_dom_strdup(struct xc_dom_image *dom, const char *str)
{
    size_t len = strlen(str) + 1;
    char *copy = xc_dom_malloc(dom, len);

    return copy ? memcpy(copy, str, len) : NULL;
}

void *xc_dom_malloc_filemap(struct xc_dom_image *dom, const char *filename,
                            size_t *size, const size_t max_size)
{
    struct xc_dom_mem *mem;
    struct stat st;
    void *p = NULL;
    int fd = open(filename, O_RDONLY | O_CLOEXEC), keep;

    if (fd < 0 || fstat(fd, &st))
        goto out;
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        errno = EINVAL;
        goto out;
    }
    if ((uintmax_t)st.st_size > SIZE_MAX ||
        (max_size && (uintmax_t)st.st_size > max_size)) {
        errno = E2BIG;
        goto out;
    }
    mem = new_block(dom, 0);
    if (!mem)
        goto out;
    p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
             0);
    if (p == MAP_FAILED) {
        p = NULL;
        goto out;
    }
    mem->mapping = p;
    mem->size = *size = (size_t)st.st_size;
out:
    keep = errno;
    if (!p)
        dom_fail(dom, XC_INVALID_PARAM, "%s", filename);
    if (fd >= 0)
        close(fd);
    errno = keep;
    return p;
}

/* --- what is loaded ------------------------------------------------------ */

/* A blob of the caller's; never written to, but for a tree made here. */
static int take(struct xc_dom_image *dom, const char *what, const void *mem,
                size_t size, size_t max, void **blob, size_t *blob_size)
{
    if (!mem || !size) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM, "%s of no bytes", what);
    }
    if (max && size > max) {
        errno = E2BIG;
        return dom_fail(dom, XC_INVALID_PARAM, "%s of %zu bytes; at most %zu",
                        what, size, max);
    }
    *blob = (void *)(uintptr_t)mem;
    *blob_size = size;
    return 0;
}

int xc_dom_kernel_mem(struct xc_dom_image *dom, const void *mem, size_t memsize)
{
    return take(dom, "a kernel", mem, memsize, dom->max_kernel_size,
                &dom->kernel_blob, &dom->kernel_size);
}

int xc_dom_kernel_file(struct xc_dom_image *dom, const char *filename)
{
    dom->kernel_blob = xc_dom_malloc_filemap(dom, filename, &dom->kernel_size,
                                             dom->max_kernel_size);
    return dom->kernel_blob ? 0 : -1;
}

int xc_dom_module_mem(struct xc_dom_image *dom, const void *mem, size_t memsize,
                      const char *cmdline)
{
    struct xc_dom_module *module = &dom->modules[dom->num_modules];

    (void)cmdline;
    if (dom->num_modules == XG_MAX_MODULES) {
        errno = ENOSPC;
        return dom_fail(dom, XC_INVALID_PARAM, "more than %d modules",
                        XG_MAX_MODULES);
    }
    if (take(dom, "a module", mem, memsize, dom->max_module_size, &module->blob,
             &module->size))
        return -1;
    dom->num_modules++;
    return 0;
}

int xc_dom_module_file(struct xc_dom_image *dom, const char *filename,
                       const char *cmdline)
{
    size_t size;
    void *blob = xc_dom_malloc_filemap(dom, filename, &size,
                                       dom->max_module_size);

    return blob ? xc_dom_module_mem(dom, blob, size, cmdline) : -1;
}

int xc_dom_devicetree_mem(struct xc_dom_image *dom, const void *mem,
                          size_t memsize)
{
    dom->devicetree_made = false;
    return take(dom, "a device tree", mem, memsize, dom->max_devicetree_size,
                &dom->devicetree_blob, &dom->devicetree_size);
}

int xc_dom_devicetree_file(struct xc_dom_image *dom, const char *filename)
{
    dom->devicetree_made = false;
    dom->devicetree_blob = xc_dom_malloc_filemap(
        dom, filename, &dom->devicetree_size, dom->max_devicetree_size);
    return dom->devicetree_blob ? 0 : -1;
}

int xc_dom_kernel_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_kernel_size = sz;
    return 0;
}

int xc_dom_module_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_module_size = sz;
    return 0;
}

int xc_dom_devicetree_max_size(struct xc_dom_image *dom, size_t sz)
{
    dom->max_devicetree_size = sz;
    return 0;
}

int xc_dom_kernel_check_size(struct xc_dom_image *dom, size_t sz)
{
    return dom->max_kernel_size && sz > dom->max_kernel_size;
}

int xc_dom_parse_image(struct xc_dom_image *dom)
{
    static const struct xc_dom_loader *const loaders[] = { &dom_zimage,
                                                           &dom_elf };

    if (!dom->kernel_blob) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_KERNEL, "there is no kernel");
    }
    for (unsigned i = 0; i < ARRAY_SIZE(loaders); i++) {
        if (!loaders[i]->probe(dom))
            continue;
        dom->kernel_loader = loaders[i];
        dom->guest_type = "xen-3.0-armv7l";
        if (loaders[i]->parse(dom))
            return -1;
        xc_dom_printf(
            dom->xch, "%s kernel at 0x%llx, %zu bytes", loaders[i]->name,
            (unsigned long long)dom->kernel_seg.vstart, dom->kernel_size);
        return 0;
    }
    errno = EINVAL;
    return dom_fail(dom, XC_INVALID_KERNEL,
                    "the kernel is neither a zImage nor an ELF file");
}

/* --- memory of the guest ------------------------------------------------- */

bool xc_dom_translated(const struct xc_dom_image *dom)
{
    (void)dom;
    return true;
}

void dom_segment(struct xc_dom_seg *seg, uint64_t start, uint64_t size)
{
    seg->vstart = start;
    seg->vend = start + size;
    seg->pfn = start >> XC_PAGE_SHIFT;
    seg->pages = PAGE_UP(start + size) - seg->pfn;
}

void *xc_dom_boot_domU_map(struct xc_dom_image *dom, xen_pfn_t pfn,
                           xen_pfn_t count)
{
    size_t nr = (size_t)count;
    xen_pfn_t *frames;
    void *p;
    int keep;

    if (!count || count > SIZE_MAX / sizeof(*frames)) {
        errno = EINVAL;
        return NULL;
    }
    frames = malloc(nr * sizeof(*frames));
    if (!frames)
        return NULL;
    for (size_t i = 0; i < nr; i++)
        frames[i] = pfn + i;
    p = xenforeignmemory_map(xc_interface_fmem_handle(dom->xch),
                             dom->guest_domid, PROT_READ | PROT_WRITE, nr,
                             frames, NULL);
    keep = errno;
    free(frames);
    errno = keep;
    return p;
}

void *xc_dom_pfn_to_ptr_retcount(struct xc_dom_image *dom, xen_pfn_t first,
                                 xen_pfn_t count, xen_pfn_t *count_out)
{
    struct xc_dom_phys *phys;
    int keep;

    for (phys = dom->phys_pages; phys; phys = phys->next) {
        xen_pfn_t skip = first - phys->first;

        if (first < phys->first || skip >= phys->count ||
            count > phys->count - skip)
            continue;
        *count_out = count ? count : phys->count - skip;
        return (char *)phys->ptr + (skip << XC_PAGE_SHIFT);
    }
    if (!count) {
        errno = EINVAL;
        return NULL;
    }
    phys = malloc(sizeof(*phys));
    if (!phys)
        return NULL;
    phys->first = first;
    phys->count = count;
    phys->ptr = xc_dom_boot_domU_map(dom, first, count);
    if (!phys->ptr) {
        keep = errno;
        free(phys);
        errno = keep;
        return NULL;
    }
    phys->next = dom->phys_pages;
    dom->phys_pages = phys;
    *count_out = count;
    return phys->ptr;
}

void *xc_dom_pfn_to_ptr(struct xc_dom_image *dom, xen_pfn_t first,
                        xen_pfn_t count)
{
    xen_pfn_t got;

    return xc_dom_pfn_to_ptr_retcount(dom, first, count, &got);
}

void xc_dom_unmap_one(struct xc_dom_image *dom, xen_pfn_t pfn)
{
    struct xc_dom_phys **at, *phys;

    for (at = &dom->phys_pages; (phys = *at); at = &phys->next) {
        if (phys->first != pfn)
            continue;
        *at = phys->next;
        munmap(phys->ptr, (size_t)phys->count << XC_PAGE_SHIFT);
        free(phys);
        return;
    }
}

void xc_dom_unmap_all(struct xc_dom_image *dom)
{
    while (dom->phys_pages)
        xc_dom_unmap_one(dom, dom->phys_pages->first);
}
