/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boot options as one table; docs/admin-guide/command-line.md is made
 * from it. Unknown words are reported with the line as parsed.
 *
 * Layer: 10 (entry).
 */
#include <asm/options_table.h>

#include <xen/cmdline.h>
#include <xen/compiler.h>
#include <xen/options.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/sched.h>

char opt_console[32] = "dtuart";
char opt_dtuart[128];
char opt_loglvl[24];
char opt_guest_loglvl[24];
char opt_sched[16] = "credit";
char opt_xsm[32] = "silo";
uint64_t opt_dom0_mem;
char opt_dom0_carveouts[16];
uint32_t opt_dom0_max_vcpus;
bool opt_dom0_vcpus_pin;
uint32_t opt_maxcpus;
bool opt_sync_console;
bool opt_console_to_ring;
bool opt_console_timestamps;
uint64_t opt_low_mem_virq = 64u << 20;
uint64_t opt_conring_size = 16u << 10;
bool opt_scrub_idle = true;
bool opt_virq_steal;
uint64_t opt_xenstore_mem = 8u << 20;

#define STRING(var_) OPT_STRING, (var_), sizeof(var_)

/* clang-format off */
const struct option option_table[] = {
    { "console", STRING(opt_console), "dtuart|none",
      "Where the hypervisor's log goes." },
    { "dtuart", STRING(opt_dtuart), "ALIAS or PATH",
      "The UART, by an alias (serial0) or path of the device tree; "
      "without it stdout-path of /chosen." },
    { "sync_console", OPT_BOOL, &opt_sync_console, 0, "",
      "Print each line before going on, polled: for debugging, slow." },
    { "console_to_ring", OPT_BOOL, &opt_console_to_ring, 0, "",
      "Put dom0's console output into the hypervisor's ring as well." },
    { "console_timestamps", OPT_BOOL, &opt_console_timestamps, 0, "",
      "Begin each line of the log with the time since boot." },
    { "conring_size", OPT_SIZE, &opt_conring_size, 0, "SIZE",
      "Size of the console ring, rounded up to a power of two (default "
      "16K)." },
    { "loglvl", STRING(opt_loglvl), "error|warning|info|debug|all",
      "Which lines of the hypervisor are printed (default warning; a "
      "debug build prints all)." },
    { "guest_loglvl", STRING(opt_guest_loglvl), "error|warning|info|debug|all",
      "The same for lines that guests cause; these are rate-limited too." },
    { "noreboot", OPT_BOOL, &opt_noreboot, 0, "",
      "After a panic or a crash of dom0 wait for ever instead of "
      "rebooting." },
    { "sched", STRING(opt_sched), "credit|null",
      "Scheduler: fair shares, or one vCPU per pCPU." },
    { "sched_credit_tslice_ms", OPT_UINT, &opt_tslice_ms, 0, "1..1000",
      "Credit: longest run while others wait (default 30)." },
    { "sched_ratelimit_us", OPT_UINT, &opt_ratelimit_us, 0, "0 or 100..500000",
      "Credit: shortest run before another vCPU may take over (default "
      "1000)." },
    { "dom0_mem", OPT_SIZE, &opt_dom0_mem, 0, "SIZE",
      "Memory of dom0; without it a size is chosen and told." },
    { "dom0_carveouts", STRING(opt_dom0_carveouts), "keep|drop",
      "Whether dom0 gets the pools of /reserved-memory, out of dom0_mem; "
      "without it, when the rest of dom0_mem is 96 MiB or more." },
    { "dom0_max_vcpus", OPT_UINT, &opt_dom0_max_vcpus, 0, "1..8",
      "vCPUs of dom0 (default: one per pCPU)." },
    { "dom0_vcpus_pin", OPT_BOOL, &opt_dom0_vcpus_pin, 0, "",
      "Pin vCPU n of dom0 to pCPU n." },
    { "maxcpus", OPT_UINT, &opt_maxcpus, 0, "1..8",
      "Bring up at most so many pCPUs." },
    { "xsm", STRING(opt_xsm), "silo|dummy[,deny:N[:N...]]",
      "silo: guests share memory and events with control domains only; "
      "dummy: with each other too. deny: nobody may use the control "
      "operations (domctl) with these numbers: 66 is set_virq_handler." },
    { "low_mem_virq_limit", OPT_SIZE, &opt_low_mem_virq, 0, "SIZE",
      "Free memory below which VIRQ_ENOMEM is sent (default 64M)." },
    { "virq-steal", OPT_BOOL, &opt_virq_steal, 0, "",
      "Global VIRQs as in Xen 4.17: any domain may bind one, though only "
      "its handler hears it, and it can be given away while the handler "
      "has it bound. Without it both are refused (EBUSY)." },
    { "xenstore_mem", OPT_SIZE, &opt_xenstore_mem, 0, "SIZE",
      "Memory of the store domain, when a boot module brings one: 2M to 64M "
      "(default 8M)." },
    { "scrub", OPT_BOOL, &opt_scrub_idle, 0, "on|off",
      "Clean free memory on idle CPUs (default on); it is cleaned on "
      "allocation in any case." },
};
/* clang-format on */

const unsigned int option_table_nr = ARRAY_SIZE(option_table);
