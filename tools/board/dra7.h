/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the emulated DRA7 EVM share.
 *
 * Source: TRM = TI SPRUI30 (DRA75x/DRA74x Technical Reference Manual); "Linux"
 *         is Debian's 6.1 source, "U-Boot" 2023.01, "dtb" is Linux's
 *         dra7-evm.dtb. None of these facts comes from the hypervisor's
 *         headers: a mistake must not be able to hide by being made twice.
 */
#ifndef DRA7_H
#define DRA7_H

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"

#define DRA7_CPUS    2
#define DRA7_SPIS    160 /* TRM 4.3: interrupt lines of the MPU          */
#define DRA7_SOURCES 420 /* TRM: inputs of the interrupt crossbar        */

/* What the command line chose: see options[] in machine.c. */
struct dra7_config {
    uint64_t ram_size;
    char *mlo;                  /* SPL with its header, or NULL               */
    uint32_t entry, r0, r1, r2; /* where the ROM jumps to without SPL     */
    bool hyp;                   /* ... in HYP                                 */
    char *hyp_service;          /* who may call 0x102: "all", "cpu0", "none"  */
    char *cpu1;                 /* "present" or "missing"                     */
    uint32_t cpu1_delay_ms;     /* from SEV to the first instruction          */
    uint32_t cntfrq;            /* CNTFRQ when the ROM starts a CPU           */
    uint32_t sys_clksel;        /* CM_CLKSEL_SYS, 1..7                        */
    uint32_t speedselect;       /* CTRL_CORE_BOOTSTRAP bits 9:8               */
    char *touchlog;             /* file for the registers used, or NULL       */
};

/* The parts that more than one file needs. */
struct dra7 {
    struct dra7_config config;
    uint32_t sysclk_hz;
    bool after_spl;    /* no SPL runs: start as it leaves us */
    GHashTable *pages; /* regs.c: page number -> struct page */
    GHashTable *rules; /* regs.c: address -> struct reg_rule */
    qemu_irq *source;  /* irq.c: inputs of the crossbar      */
};

/* --- regs.c: words of storage with rules for those that are more --- */

/* Answer of a read of the word at @pa that holds @stored. */
typedef uint32_t reg_read(struct dra7 *soc, uint32_t pa, uint32_t stored);

/* What else happens after a write; the word was @before. */
typedef void reg_write(struct dra7 *soc, uint32_t pa, uint32_t before);

struct reg_rule {
    uint32_t pa;
    uint32_t bytes;   /* of all words that follow this rule            */
    reg_read *read;   /* NULL: what was stored                         */
    reg_write *write; /* NULL: only stored                             */
};

struct reg_value {
    uint32_t pa, value;
};

/* The word at @pa, for reading and writing without any rule. */
uint32_t *reg_word(struct dra7 *soc, uint32_t pa);

/* Later rules for a word replace earlier ones. */
void regs_follow(struct dra7 *soc, const struct reg_rule *rules, size_t nr);

/* Store reset values. */
void regs_set(struct dra7 *soc, const struct reg_value *values, size_t nr);

/* Rules that many modules share. */
reg_read reg_bit0_clears, reg_bit1_clears, reg_bit31_clears, reg_bit0_set;

/* --- one device group each; called once, in this order --- */

void regs_create(struct dra7 *soc);
void modules_create(struct dra7 *soc);
void irq_create(struct dra7 *soc, DeviceState *gic);
void prcm_create(struct dra7 *soc);
void uarts_create(struct dra7 *soc);
void timers_create(struct dra7 *soc);
void watchdog_create(struct dra7 *soc);
void i2c_create(struct dra7 *soc);
void mmc_create(struct dra7 *soc);
void rom_create(struct dra7 *soc);

/* rom.c: the CPUs' state at reset. Before rom_create, for each CPU. */
void rom_cpu_create(struct dra7 *soc, CPUState *cpu);

/* Clocks as SPL leaves them; for starts without it. */
void after_spl_set(struct dra7 *soc);

/* Reset of the whole machine; the cause becomes PRM_RSTST. */
enum reset_cause {
    RESET_COLD = 1 << 0,
    RESET_WARM = 1 << 1,
    RESET_WATCHDOG = 1 << 3,
};

/* prcm.c: asks for a reset, and logs @what wants it. */
void prcm_reset(enum reset_cause cause, const char *what);

/* --- i2c_chips.c: what hangs on the buses --- */

struct i2c_chip {
    uint8_t addr;          /* 7 bits                                        */
    uint8_t pointer_bytes; /* of the register address that starts a write */
    bool read_only;
    /* What else a write does, after it. NULL: nothing. */
    void (*written)(struct i2c_chip *chip, uint8_t reg);
    uint8_t seen; /* pointer bytes of this transfer                */
    uint16_t pointer;
    uint8_t mem[256];
};

/* The chips on bus @bus (0 is I2C1), or NULL and 0 in @nr. */
struct i2c_chip *i2c_chips(struct dra7 *soc, int bus, size_t *nr);

/* --- small help --- */

/* A device's registers, above those of regs.c. */
static inline void dra7_map(MemoryRegion *mr, const MemoryRegionOps *ops,
                            void *device, const char *name, uint32_t pa,
                            uint32_t bytes)
{
    memory_region_init_io(mr, NULL, ops, device, name, bytes);
    memory_region_add_subregion(get_system_memory(), pa, mr);
}

static inline int64_t dra7_now(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

#endif /* DRA7_H */
