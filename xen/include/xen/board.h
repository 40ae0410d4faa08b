/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board as data: read once from the device tree at boot.
 *
 * Layer: 3 (drivers). A driver reports, it does not print: problems are
 * rows of board.problems, printed by setup.c when the console works.
 */
#ifndef XEN_BOARD_H
#define XEN_BOARD_H

#include <xen/fdt.h>
#include <xen/types.h>

#include <asm/percpu.h>

/* clang-format off */

#define BOARD_BANKS    8
#define BOARD_RESERVED 32
#define BOARD_MODULES  8
#define BOARD_PROBLEMS 16

struct mem_range {
    paddr_t start, size;
};

/* Where a reserved range comes from: what dom0 may do with it differs. */
enum reserved_kind {
    RESERVED_FIRMWARE, /* memreserve block                      */
    RESERVED_PLAIN,    /* node that says nothing: RAM for a use */
    RESERVED_NO_MAP,   /* node says no-map: not even the cache  */
    RESERVED_REUSABLE, /* node says reusable: Linux's CMA pools */
};

enum module_kind {
    MODULE_KERNEL,  /* multiboot,kernel / xen,linux-zimage  */
    MODULE_RAMDISK, /* multiboot,ramdisk / xen,linux-initrd */
    MODULE_STORE,   /* xen,xenstore-stubdom                 */
    MODULE_XSM,     /* xen,xsm-policy: noted, ignored       */
    MODULE_OTHER,
};

struct boot_module {
    enum module_kind kind;
    struct mem_range range;
    int node;            /* in the host device tree, -1: it is
                            linux,initrd-start of /chosen    */
    const char *cmdline; /* its bootargs, or NULL            */
};

struct board_cpu {
    uint32_t mpidr; /* affinity bits 23:0 */
    int node;       /* -1: the boot CPU has no node */
    bool psci;      /* enable-method = "psci" */
};

struct board_uart {
    int node;               /* -1: none                              */
    const char *compatible; /* of the driver that matched            */
    paddr_t base;
    uint64_t size;
    uint32_t reg_shift, reg_io_width;
    uint32_t clock_hz;   /* of the UART; 0: not known             */
    uint32_t baud;       /* 0: leave as the boot loader set it    */
    uint32_t usual_baud; /* for a UART that nobody has set up     */
    bool has_irq;
    struct fdt_irq irq;
};

struct board_problem {
    bool fatal;
    const char *what; /* one line, names the remedy                 */
    uint64_t value;   /* printed in hex behind it when != 0         */
};

struct board {
    const void *fdt; /* mapped, validated; totalsize below            */
    uint32_t fdt_size;
    paddr_t fdt_pa;
    struct mem_range image; /* Xen itself, set by board_check_image   */

    const char *model;        /* may be NULL                               */
    const char *cmdline;      /* xen,xen-bootargs, else bootargs; or ""    */
    const char *dom0_cmdline; /* xen,dom0-bootargs; or NULL           */

    struct mem_range banks[BOARD_BANKS]; /* ascending, merged RAM     */
    unsigned int nr_banks;
    struct mem_range reserved[BOARD_RESERVED]; /* memreserve, and
                                /reserved-memory nodes with a reg     */
    enum reserved_kind reserved_kind[BOARD_RESERVED];
    unsigned int nr_reserved;
    struct boot_module modules[BOARD_MODULES];
    unsigned int nr_modules;

    struct board_cpu cpus[NR_CPUS]; /* [0] is the one that boots      */
    unsigned int nr_cpus;

    struct {
        int node; /* -1: none                                   */
        paddr_t dist, cpu, hyp, vcpu;
        uint64_t cpu_size, vcpu_size;
        uint32_t maintenance_irq; /* INTID, 25 when the node has none */
    } gic;
    struct {
        int node; /* enabled or not; -1: none                   */
        uint32_t irq_secure, irq_phys, irq_virt, irq_hyp; /* INTIDs   */
        uint32_t clock_hz; /* clock-frequency, 0: absent              */
    } timer;
    struct {
        int node;    /* -1: none                                 */
        bool smc;    /* method; hvc is a firmware's mistake      */
        bool is_0_1; /* only "arm,psci": function ids below      */
        uint32_t cpu_on, cpu_off;
    } psci;
    struct board_uart uart;

    struct board_problem problems[BOARD_PROBLEMS];
    unsigned int nr_problems;
};

extern struct board board;

/*
 * Read @fdt (mapped, at @fdt_pa). Never fails: what is wrong is in
 * .problems, what is missing is empty. Boot CPU, once.
 * @mpidr: affinity of this CPU.
 */
void board_read(struct board *b, const void *fdt, paddr_t fdt_pa,
                uint32_t mpidr);

/*
 * Tell where Xen itself lies: rows for what the boot loader has placed
 * over it.
 */
void board_check_image(struct board *b, struct mem_range image);

/*
 * Choose the console UART: @dtuart is dtuart=...'s alias or path, or NULL
 * for stdout-path. Returns 0 or -ENODEV (problem row added).
 */
int must_check board_choose_uart(struct board *b, const char *dtuart);

/*
 * INTID and trigger of an interrupt whose controller is the GIC (the
 * three-cell binding). Returns 0, -ENXIO (another controller: ask
 * platform->irq_map) or -EINVAL (no such interrupt).
 */
int must_check board_irq_to_intid(const struct board *b,
                                  const struct fdt_irq *irq, uint32_t *intid,
                                  bool *edge);

/*
 * Call @fn for each enabled UART that a driver knows: its path, and its
 * alias or NULL. For the message that helps with a wrong dtuart=.
 */
void board_list_uarts(const struct board *b,
                      void (*fn)(const char *path, const char *alias));

/* The first module of @kind, or NULL. */
const struct boot_module *board_module(const struct board *b,
                                       enum module_kind kind);

/* clang-format on */

#endif /* XEN_BOARD_H */
