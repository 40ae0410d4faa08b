/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For domain 0's user space: what a domain has in its memory, to the standard
 * output. Frames that it does not have are left out.
 *
 *     peek DOM FIRST NR   frame numbers, as strtoul reads them
 *
 * Source: interface.md 6.1.
 * Layer:  test, domain 0's user space.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <xenforeignmemory.h>

#define PAGE 4096

static int show(xenforeignmemory_handle *memory, uint32_t dom, xen_pfn_t pfn)
{
    int rc = 0, error = 0;
    void *page = xenforeignmemory_map(memory, dom, PROT_READ, 1, &pfn, &error);

    if (!page)
        return 0;
    if (!error && fwrite(page, PAGE, 1, stdout) != 1)
        rc = 1;
    xenforeignmemory_unmap(memory, page, 1);
    return rc;
}

int main(int argc, char **argv)
{
    xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
    unsigned long first, nr;
    int rc = 0;

    if (argc != 4 || !memory) {
        fprintf(stderr, memory ? "usage: peek DOM FIRST NR\n"
                               : "peek: no /dev/xen/privcmd\n");
        return 2;
    }
    first = strtoul(argv[2], NULL, 0);
    nr = strtoul(argv[3], NULL, 0);
    for (unsigned long i = 0; i < nr && !rc; i++)
        rc = show(memory, (uint32_t)strtoul(argv[1], NULL, 0), first + i);
    if (rc)
        perror("peek: cannot write");
    return rc;
}
