/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From head.S to the first guest: the boot as a table of steps. The last
 * line of the log tells how far it came.
 *
 * Layer: 10 (entry).
 */
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/guest/cp15.h>
#include <asm/options_table.h>
#include <asm/smpboot.h>
#include <asm/stack_guard.h>
#include <asm/sysreg.h>

#include <generated/compile.h>

#include <xen/access.h>
#include <xen/board.h>
#include <xen/bug.h>
#include <xen/context.h>
#include <xen/domain_create.h>
#include <xen/event_channel.h>
#include <xen/gic.h>
#include <xen/hyp_map.h>
#include <xen/irq.h>
#include <xen/number.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/platform.h>
#include <xen/printk.h>
#include <xen/psci.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/smpboot.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/uart.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#ifdef CONFIG_DEBUG
#define IS_DEBUG_BUILD true
#else
#define IS_DEBUG_BUILD false
#endif

/* Words of the command line that were not understood, told later. */
#define BAD_WORDS 8
static struct {
    char word[40];
    const char *why;
} bad_words[BAD_WORDS] init_data;
static unsigned int nr_bad_words init_data;

/* What is wrong with the UART of dtuart=, so that another one is used. */
static const char *dtuart_why init_data;

static uint32_t psci_version init_data; /* 0: none */

static bool scrub_idle; /* the option, until boot is over */

static void init_text cmdline_bad(const char *word, const char *why)
{
    if (nr_bad_words == BAD_WORDS)
        return;
    str_copy(bad_words[nr_bad_words].word, word,
             sizeof(bad_words[nr_bad_words].word));
    bad_words[nr_bad_words++].why = why;
}

/* No tree, no console: the early one, if built in, is all there is. */
static no_return void init_text fdt_missing(const char *why)
{
    early_console_puts("\r\nXen: ");
    early_console_puts(why);
    early_console_puts(": give its address in r2 "
                       "(bootm XEN - DTB, bootz XEN - DTB)\r\n");
    for (;;)
        cpu_wfi();
}

static void init_text step_fdt(void)
{
    extern char _start[], _end[];
    paddr_t pa = board.fdt_pa;
    const void *fdt;

    if (pa == 0 || !IS_ALIGNED(pa, 4))
        fdt_missing("no device tree");
    fdt = hyp_map_early_fdt(pa);
    if (!fdt || fdt_check_header(fdt) != 0)
        fdt_missing("no device tree");
    if (fdt_totalsize(fdt) > MIB(2))
        fdt_missing("device tree larger than 2 MiB");
    if (fdt_check_full(fdt, fdt_totalsize(fdt)) != 0)
        fdt_missing("device tree damaged or cut off");
    board_read(&board, fdt, pa, sysreg_read(MPIDR) & 0xffffff);
    board_check_image(&board, (struct mem_range){ xen_phys_start,
                                                  (uint32_t)(_end - _start) });
}

static void init_text step_cmdline(void)
{
    cmdline_parse(board.cmdline, option_table, option_table_nr, cmdline_bad);
    /*
     * Not before dom0 has its memory: a block that is being scrubbed is not
     * free, and dom0 asks for certain frames (page_alloc_at).
     */
    scrub_idle = opt_scrub_idle;
    opt_scrub_idle = false;
}

/* With @dtuart or NULL as board_choose_uart. Returns NULL or what is wrong. */
static const char *init_text console_open(const char *dtuart)
{
    const struct uart_driver *drv;
    volatile uint8_t *regs;

    if (board_choose_uart(&board, dtuart))
        return "names no UART that is enabled and has a driver";
    if (platform->uart_clock_on &&
        !platform->uart_clock_on(board.uart.base, hyp_map_early_device))
        return "has no clock";
    drv = uart_find(board.fdt, board.uart.node);
    regs = hyp_map_early_device(board.uart.base);
    if (!drv || !regs || uart_init(drv, regs, &board.uart) != 0)
        return "does not answer";
    return NULL;
}

/* A wrong dtuart= is told where the console would be without it. */
static const char *init_text console_choose(void)
{
    if (!opt_dtuart[0])
        return console_open(NULL);
    dtuart_why = console_open(opt_dtuart);
    return dtuart_why ? console_open(NULL) : NULL;
}

/* The console, polled; then all that was found out before it. */
static void init_text step_console(void)
{
    const char *why = NULL;

    platform = platform_find(board.fdt);
    if (platform->ram_check)
        platform->ram_check(&board, hyp_map_early_device);
    if (strcmp(opt_console, "none") != 0)
        why = console_choose();
    if (why) {
        early_console_puts("\r\nXen: no console: stdout-path, or serial0, ");
        early_console_puts(why);
        early_console_puts(": use dtuart=ALIAS with another UART of the device "
                           "tree\r\n");
    }
    console_init_early();
}

static void init_text print_uart(const char *path, const char *alias)
{
    printk(LOG_WARN, " %s", alias ? alias : path);
}

/* Why dtuart= is not followed: the rest of it is a row of the problems. */
static void init_text print_dtuart(const struct board *b)
{
    char path[128];

    printk(LOG_ALWAYS, "Looking for UART console %s\n", opt_dtuart);
    if (!dtuart_why || !uart_current())
        return;
    if (fdt_get_path(b->fdt, b->uart.node, path, sizeof(path)) != 0)
        str_copy(path, "another", sizeof(path));
    printk(LOG_WARN, "dtuart=%s %s: using %s; UARTs are:", opt_dtuart,
           dtuart_why, path);
    board_list_uarts(b, print_uart);
    printk(LOG_WARN, "\n");
}

static void init_text print_range(const char *what, unsigned int i,
                                  const struct mem_range *r, const char *name)
{
    printk(LOG_ALWAYS, "%s[%u]: %016llx - %016llx%s%s\n", what, i,
           (unsigned long long)r->start,
           (unsigned long long)(r->start + r->size), name[0] ? " " : "", name);
}

static void init_text print_memory(const struct board *b)
{
    static const char *const kinds[] = {
        [MODULE_KERNEL] = "Kernel",
        [MODULE_RAMDISK] = "Ramdisk",
        [MODULE_STORE] = "Store domain",
        [MODULE_XSM] = "XSM policy (ignored)",
        [MODULE_OTHER] = "Unknown (ignored)",
    };
    struct mem_range fdt = { b->fdt_pa, b->fdt_size };

    printk(LOG_ALWAYS, "Checking for initrd in /chosen\n");
    for (unsigned int i = 0; i < b->nr_banks; i++)
        printk(LOG_ALWAYS, "RAM: %016llx - %016llx\n",
               (unsigned long long)b->banks[i].start,
               (unsigned long long)(b->banks[i].start + b->banks[i].size - 1));
    printk(LOG_ALWAYS, "\n");
    print_range("MODULE", 0, &fdt, "Device Tree");
    for (unsigned int i = 0; i < b->nr_modules; i++)
        print_range("MODULE", i + 1, &b->modules[i].range,
                    kinds[b->modules[i].kind]);
    for (unsigned int i = 0; i < b->nr_reserved; i++)
        print_range(" RESVD", i, &b->reserved[i], "");
    printk(LOG_ALWAYS, "\n");
}

/* What was found wrong so far; the first fatal row ends the boot. */
static void init_text print_problems(const struct board *b)
{
    const struct board_problem *fatal = NULL;

    for (unsigned int i = 0; i < b->nr_problems; i++) {
        const struct board_problem *p = &b->problems[i];

        if (p->fatal && !fatal)
            fatal = p;
        else if (p->value)
            printk(LOG_WARN, "%s (%#llx)\n", p->what,
                   (unsigned long long)p->value);
        else
            printk(LOG_WARN, "%s\n", p->what);
    }
    if (fatal && fatal->value)
        panic("%s (%#llx)", fatal->what, (unsigned long long)fatal->value);
    if (fatal)
        panic("%s", fatal->what);
}

static void init_text print_cpu(void)
{
    uint32_t midr = sysreg_read(MIDR);

    printk(LOG_ALWAYS,
           "Processor: %08x: \"%s\", variant: 0x%x, part 0x%03x, rev 0x%x\n",
           midr, midr >> 24 == 0x41 ? "ARM Limited" : "unknown",
           (midr >> 20) & 0xf, (midr >> 4) & 0xfff, midr & 0xf);
    printk(LOG_ALWAYS, "32-bit Execution:\n");
    printk(LOG_ALWAYS, "  Processor Features: %08x:%08x\n",
           sysreg_read(ID_PFR0), sysreg_read(ID_PFR1));
    printk(LOG_ALWAYS, "    Instruction Sets: AArch32 A32%s%s%s\n",
           (sysreg_read(ID_PFR0) >> 4) & 0xf ? " Thumb Thumb-2" : "",
           (sysreg_read(ID_PFR0) >> 12) & 0xf ? " ThumbEE" : "",
           (sysreg_read(ID_PFR0) >> 8) & 0xf ? " Jazelle" : "");
    printk(LOG_ALWAYS, "    Extensions:%s%s\n",
           (sysreg_read(ID_PFR1) >> 16) & 0xf ? " GenericTimer" : "",
           (sysreg_read(ID_PFR1) >> 4) & 0xf ? " Security" : "");
    printk(LOG_ALWAYS, "  Debug Features: %08x\n", sysreg_read(ID_DFR0));
    printk(LOG_ALWAYS, "  Auxiliary Features: %08x\n", sysreg_read(ID_AFR0));
    printk(LOG_ALWAYS, "  Memory Model Features: %08x %08x %08x %08x\n",
           sysreg_read(ID_MMFR0), sysreg_read(ID_MMFR1), sysreg_read(ID_MMFR2),
           sysreg_read(ID_MMFR3));
    printk(LOG_ALWAYS, " ISA Features: %08x %08x %08x %08x %08x %08x\n",
           sysreg_read(ID_ISAR0), sysreg_read(ID_ISAR1), sysreg_read(ID_ISAR2),
           sysreg_read(ID_ISAR3), sysreg_read(ID_ISAR4), sysreg_read(ID_ISAR5));
}

static void init_text step_tell(void)
{
    print_memory(&board);
    printk(LOG_ALWAYS, "Command line: %s\n", board.cmdline);
    for (unsigned int i = 0; i < nr_bad_words; i++)
        printk(LOG_WARN, "Command line: '%s': %s\n", bad_words[i].word,
               bad_words[i].why);
    if (opt_dtuart[0])
        print_dtuart(&board);
    console_write_raw(" Xen 4.17-dra7\r\n", 16);
    printk(LOG_ALWAYS, "Xen version 4.17-dra7 (%s@%s) (%s) debug=%s %s\n",
           XEN_COMPILE_BY, XEN_COMPILE_DOMAIN, XEN_COMPILER,
           IS_DEBUG_BUILD ? "y" : "n", XEN_COMPILE_DATE);
    printk(LOG_ALWAYS, "Latest ChangeSet: %s\n", XEN_CHANGESET);
    if (opt_sync_console)
        printk(LOG_ALWAYS, "Console output is synchronous.\n");
    print_cpu();
    if (cpu_check())
        panic("%s", cpu_check());
    /* From here on a panic can restart the machine. */
    psci_version = psci_init(&board);
    printk(LOG_ALWAYS, "Platform: %s\n", platform->name);
    print_problems(&board);
}

static void init_text step_memory(void)
{
    int rc = hyp_map_init(&board);

    if (rc)
        panic("memory: cannot set up the direct map (%d): check /memory and "
              "reserved-memory in the device tree",
              rc);
    smpboot_boot_cpu();
    printk(LOG_ALWAYS, "Heap: %u pages, for Xen and all domains\n",
           (unsigned int)page_total());
}

static void init_text step_platform(void)
{
    const struct platform_window *w;
    int rc;

    for (w = platform->windows; w && w->va; w++) {
        *w->va = ioremap(w->pa, w->size);
        if (!*w->va)
            panic("%s: no room to map registers", platform->name);
    }
    rc = platform->init ? platform->init(&board) : 0;
    if (rc)
        panic("%s: platform set-up failed (%d)", platform->name, rc);
    if (psci_version)
        printk(LOG_ALWAYS, "PSCI: firmware offers version %u.%u\n",
               psci_version >> 16, psci_version & 0xffff);
    if (board.psci.node >= 0 && !board.psci.smc)
        printk(LOG_ALWAYS, "/psci method must be smc, but is: \"hvc\"\n");
    smpboot_release(&board, opt_maxcpus);
}

/*
 * The counter's rate: the platform's, which has programmed it, else the
 * device tree's, which is there to correct CNTFRQ.
 */
static uint32_t init_text counter_hz(void)
{
    uint32_t tree = board.timer.clock_hz, cntfrq = sysreg_read(CNTFRQ);
    const char *why = "timer: the firmware left CNTFRQ unset: add "
                      "clock-frequency to the timer node of the device tree";
    uint32_t hz = platform->timer_hz ? platform->timer_hz(&why) : 0;
    bool known = hz != 0;

    if (!known)
        hz = tree ? tree : cntfrq;
    if (!hz)
        panic("%s", why);
    if (!known && platform->timer_hz)
        printk(LOG_WARN, "%s\n", why);
    if (tree && tree != hz)
        printk(LOG_WARN,
               "timer: clock-frequency in the device tree is %u Hz, but the "
               "counter is set to %u Hz, which is used\n",
               tree, hz);
    if (cntfrq && cntfrq != hz)
        printk(LOG_WARN, "timer: CNTFRQ is %u Hz, %u Hz is used\n", cntfrq, hz);
    return hz;
}

static void init_text step_time(void)
{
    uint32_t hz = counter_hz();
    const char *line;

    if (time_init(hz) != 0)
        panic("timer: the counter's frequency is %u Hz: correct "
              "clock-frequency of the timer node in the device tree",
              hz);
    if (platform->cpu_init)
        platform->cpu_init(hz);
    cpu_counter_report();
    /* For domains: where neither CNTFRQ nor the tree is right, this one is. */
    if (board.timer.clock_hz || sysreg_read(CNTFRQ) != hz)
        board.timer.clock_hz = hz;
    printk(LOG_ALWAYS, "Generic Timer IRQ: phys=%u hyp=%u virt=%u\n",
           board.timer.irq_phys, board.timer.irq_hyp, board.timer.irq_virt);
    printk(LOG_ALWAYS, "Using generic timer at %u KHz\n", hz / 1000);
    line = platform->watchdog_stop ? platform->watchdog_stop() : NULL;
    if (line)
        printk(LOG_ALWAYS, "%s\n", line);
}

static void init_text step_gic(void)
{
    printk(LOG_ALWAYS, "GICv2 initialization:\n");
    printk(LOG_ALWAYS, "        gic_dist_addr=%016llx\n",
           (unsigned long long)board.gic.dist);
    printk(LOG_ALWAYS, "        gic_cpu_addr=%016llx\n",
           (unsigned long long)board.gic.cpu);
    printk(LOG_ALWAYS, "        gic_hyp_addr=%016llx\n",
           (unsigned long long)board.gic.hyp);
    printk(LOG_ALWAYS, "        gic_vcpu_addr=%016llx\n",
           (unsigned long long)board.gic.vcpu);
    printk(LOG_ALWAYS, "        gic_maintenance_irq=%u\n",
           board.gic.maintenance_irq);
    if (gic_init(ioremap(board.gic.dist, PAGE_SIZE),
                 ioremap(board.gic.cpu, 2 * PAGE_SIZE),
                 ioremap(board.gic.hyp, PAGE_SIZE)) != 0)
        panic("gic: no GICv2 with virtualization extensions at %#llx: check "
              "the four reg entries of the interrupt controller's node",
              (unsigned long long)board.gic.dist);
    printk(LOG_ALWAYS, "GICv2: %u lines, %u cpus, secure (IID %08x).\n",
           gic_lines(), gic_cpus(), gic_iidr());
    if (irq_init() != 0)
        panic("irq: no memory for descriptors");
}

/* DDI 0406C.c B4.1.58 "FPSID". */
static void init_text print_vfp(void)
{
    uint32_t id = cp15_fpsid();

    printk(LOG_ALWAYS,
           "VFP implementer 0x%02x architecture %u part 0x%02x "
           "variant 0x%x rev 0x%x\n",
           id >> 24, (id >> 16) & 0x7f, (id >> 8) & 0xff, (id >> 4) & 0xf,
           id & 0xf);
}

/* Interrupt-driven things of the boot CPU, lowest layer first. */
static void init_text step_interrupts(void)
{
    smp_init();
    vgic_init();
    if (vtimer_init() != 0)
        panic("vtimer: interrupt %u is taken", board.timer.irq_virt);
    if (sched_init(opt_sched) != 0)
        panic("Unknown scheduler '%s': use sched=credit or sched=null",
              opt_sched);
    printk(LOG_ALWAYS, "Using scheduler: %s\n", sched_name());
    /* An IOMMU would be needed to give a device to a domain that is not 1:1. */
    printk(LOG_ALWAYS, "I/O virtualisation disabled\n");
    cpu_devices_init();
    cpu_online_mask = 1;
    cpu_predictor_report();
    console_init();
    printk(LOG_ALWAYS, "Allocated console ring of %u KiB.\n",
           (uint32_t)(opt_conring_size >> 10));
    print_vfp();
}

static void init_text step_interface(void)
{
    if (access_mode_set(opt_xsm) != 0)
        panic("Unknown access mode '%s': use xsm=silo or xsm=dummy", opt_xsm);
    event_init();
    trace_traps_init();
    keyhandler_init();
}

static void init_text step_cpus(void)
{
    smpboot_all(&board, opt_maxcpus);
}

static void init_text step_dom0(void)
{
    printk(LOG_ALWAYS, "P2M: 40-bit IPA\n");
    printk(LOG_ALWAYS, "P2M: 3 levels with order-1 root, VTCR 0x%08x\n",
           sysreg_read(VTCR));
    printk(LOG_ALWAYS, "*** LOADING DOMAIN 0 ***\n");
    dom0_build(&board);
}

struct boot_step {
    const char *name;
    void (*run)(void);
};

/* clang-format off */
static const struct boot_step boot_steps[] = {
    { "fdt",        step_fdt        },
    { "cmdline",    step_cmdline    },
    { "console",    step_console    },
    { "tell",       step_tell       },
    { "memory",     step_memory     },
    { "platform",   step_platform   },
    { "time",       step_time       },
    { "gic",        step_gic        },
    { "interrupts", step_interrupts },
    { "interface",  step_interface  },
    { "cpus",       step_cpus       },
    { "dom0",       step_dom0       },
};
/* clang-format on */

static const char *level_name(const char *option)
{
    if (!option[0])
        return IS_DEBUG_BUILD ? "All" : "Errors and warnings";
    return strcmp(option, "all") == 0 ? "All" : option;
}

static void print_sync_warning(void)
{
    static const char *const lines[] = {
        "**********************************************",
        "******* WARNING: CONSOLE OUTPUT IS SYNCHRONOUS",
        "******* Each line is on the wire before the hypervisor goes on.",
        "******* That helps to debug a crash; it also adds milliseconds",
        "******* of latency and moves timers. Not for production.",
        "**********************************************",
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++)
        printk(LOG_ALWAYS, "%s\n", lines[i]);
    for (unsigned int i = 3; i > 0; i--) {
        printk(LOG_ALWAYS, "%u... ", i);
        time_delay_us(1000000);
    }
    printk(LOG_ALWAYS, "\n");
}

/* On the boot CPU's final stack: nothing of .init is used from here on. */
static void boot_finish(void)
{
    extern char __init_begin[], __init_end[];
    struct domain *d = hardware_domain;

    printk(LOG_ALWAYS, "Initial low memory virq threshold set at %#x pages.\n",
           (unsigned int)page_low_limit());
    printk(LOG_ALWAYS, "Std. Loglevel: %s\n", level_name(opt_loglvl));
    printk(LOG_ALWAYS, "Guest Loglevel: %s\n", level_name(opt_guest_loglvl));
    if (opt_sync_console)
        print_sync_warning();
    printk(LOG_ALWAYS, "*** Serial input -> DOM0 (type 'CTRL-a' three times "
                       "to switch input to Xen)\n");
    hyp_map_boot_done();
    opt_scrub_idle = scrub_idle;
    /* The others sleep since they found nothing to do. */
    for (uint32_t rest = cpu_online_mask & ~1u; rest; rest &= rest - 1)
        softirq_raise_on((unsigned int)__builtin_ctz(rest), SOFTIRQ_SCHED);
    printk(LOG_ALWAYS, "Freed %ukB init memory.\n",
           (unsigned int)(__init_end - __init_begin) >> 10);
    store_start();
    if (domain_unpause(d) != 0)
        panic("dom0 cannot be started");
    enter_guest(sched_start_cpu(), this_cpu(hyp_stack_top));
}

/* head.S: MMU on, early stack, IRQs masked. */
void start_xen(uint32_t fdt_pa)
{
    smpboot_percpu_init();
    __stack_chk_guard ^= (uint32_t)sysreg_read64(CNTPCT) * 2654435761u;
    board.fdt_pa = fdt_pa;

    for (unsigned int i = 0; i < ARRAY_SIZE(boot_steps); i++) {
        printk(LOG_DEBUG, "boot: %s\n", boot_steps[i].name);
        boot_steps[i].run();
    }
    call_on_stack(boot_finish, this_cpu(hyp_stack_top));
}
