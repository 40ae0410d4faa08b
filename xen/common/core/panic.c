/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of the machine: by our own bug, or because dom0 asked for it.
 *
 * Layer: 4 (core).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/percpu.h>

#include <xen/panic.h>
#include <xen/platform.h>
#include <xen/printf.h>
#include <xen/printk.h>
#include <xen/psci.h>
#include <xen/smp.h>
#include <xen/time.h>

#define REBOOT_DELAY_US 5000000u
#define RESET_WAIT_US   1000000u

#define STARS "****************************************\n"

bool opt_noreboot;

/* 1 + the CPU that panics; others that fail on the way stop in silence. */
static uint32_t panicking;

static no_return void halt(void)
{
    for (;;)
        cpu_wfi();
}

void panic(const char *fmt, ...)
{
    static char reason[256]; /* the stack may be what is broken */
    uint32_t me = smp_cpu_id() + 1, nobody = 0;
    va_list args;

    if (!atomic_cas(&panicking, &nobody, me))
        halt();

    console_force_sync();
    smp_stop_others();

    va_start(args, fmt);
    xen_vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);
    printk(LOG_ALWAYS, "\n");
    printk(LOG_ALWAYS, STARS);
    printk(LOG_ALWAYS, "Panic on CPU %u:\n", me - 1);
    printk(LOG_ALWAYS, "%s\n", reason);
    printk(LOG_ALWAYS, STARS);
    printk(LOG_ALWAYS, "\n");
    backtrace_print((uintptr_t)__builtin_frame_address(0), (uintptr_t)panic);

    if (opt_noreboot) {
        printk(LOG_ALWAYS, "Manual reset required ('noreboot' specified)\n");
        halt();
    }
    printk(LOG_ALWAYS, "Reboot in five seconds...\n");
    time_delay_us(REBOOT_DELAY_US);
    machine_restart();
}

void machine_restart(void)
{
    console_force_sync();
    smp_stop_others();
    if (platform && platform->restart)
        platform->restart();
    psci_system_reset();

    /* A reset may take a moment. */
    time_delay_us(RESET_WAIT_US);
    printk(LOG_ALWAYS, "Reset failed: the machine has to be switched off\n");
    halt();
}

void machine_halt(void)
{
    console_force_sync();
    smp_stop_others();
    if (platform && platform->poweroff)
        platform->poweroff();
    psci_system_off();

    time_delay_us(RESET_WAIT_US);
    printk(LOG_ALWAYS, "The machine is halted: it can be switched off\n");
    halt();
}
