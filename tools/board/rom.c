/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mask ROM: its code (rom.S), what it loads and hands over, how CPU1
 * waits in it, and the CPU registers that only it may write.
 *
 * Source: TRM 32.2 (memory map), 32.3.4 and table 32-55 (boot parameters),
 *         4.3 (AuxCoreBoot); DDI 0438 4.3.28 and 4.3.56 (ACTLR, L2ACTLR);
 *         U-Boot tools/omapimage.h (MLO), arch/arm/include/asm/arch-omap5.
 */
#include "dra7.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "target/arm/arm-powerctl.h"
#include "target/arm/cpregs.h"
#include "hw/loader.h"
#include "rom_image.h" /* rom_image[], made of rom.S */

#define ROM_PA          0x00038000u
#define OCMC1_PA        0x40300000u
#define OCMC2_PA        0x40400000u
#define BOOT_PARAMS_PA  0x4037ff00u /* in OCMC1, where SPL gets it     */
#define AUX_CORE_BOOT_0 0x48281800u
#define EAR             0x4ae00ff0u /* rom.S reports services here     */
#define ACTLR_SMP       (1u << 6)
#define TOC_BYTES       512 /* an MLO for MMC starts with this table   */

/* Words of params in rom.S. */
enum {
    PARAM_ENTRY = 8,
    PARAM_R0,
    PARAM_R1,
    PARAM_R2,
    PARAM_HYP,
    PARAM_REFUSED,
    PARAM_CNTFRQ,
};

/* Called by each SEV of any CPU; qemu.patch has the other half. */
extern void (*dra7_sev)(void);

static struct {
    MemoryRegion rom, ocmc1, ocmc23;
    uint32_t *aux_core_boot_0;
    QEMUTimer *cpu1_start;
    struct dra7 *soc;
    uint32_t actlr[DRA7_CPUS], l2actlr;
} rom;

/* --- CPU registers: from non-secure state, only ACTLR.SMP is writable --- */

static uint32_t *actlr(CPUARMState *env)
{
    return &rom.actlr[env_cpu(env)->cpu_index % DRA7_CPUS];
}

static uint64_t actlr_read(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return *actlr(env);
}

static void actlr_write(CPUARMState *env, const ARMCPRegInfo *ri,
                        uint64_t value)
{
    uint32_t mask = arm_is_secure(env) ? ~0u : ACTLR_SMP;

    *actlr(env) = (*actlr(env) & ~mask) | (value & mask);
}

static uint64_t l2actlr_read(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return rom.l2actlr;
}

static void l2actlr_write(CPUARMState *env, const ARMCPRegInfo *ri,
                          uint64_t value)
{
    if (arm_is_secure(env))
        rom.l2actlr = value;
}

/* clang-format off */
static const ARMCPRegInfo cpu_registers[] = {
    { .name = "DRA7_ACTLR",
      .cp = 15, .opc1 = 0, .crn = 1, .crm = 0, .opc2 = 1,
      .access = PL1_RW, .type = ARM_CP_OVERRIDE | ARM_CP_IO,
      .readfn = actlr_read, .writefn = actlr_write,
      .resetfn = arm_cp_reset_ignore },
    { .name = "DRA7_L2ACTLR",
      .cp = 15, .opc1 = 1, .crn = 15, .crm = 0, .opc2 = 0,
      .access = PL1_RW, .type = ARM_CP_OVERRIDE | ARM_CP_IO,
      .readfn = l2actlr_read, .writefn = l2actlr_write,
      .resetfn = arm_cp_reset_ignore },
};
/* clang-format on */

static void cpu_at_reset(void *opaque)
{
    CPUState *cpu = opaque;

    cpu_reset(cpu);
    rom.actlr[cpu->cpu_index % DRA7_CPUS] = 0;
    cpu_set_pc(cpu, ROM_PA);
}

void rom_cpu_create(struct dra7 *soc, CPUState *cpu)
{
    define_arm_cp_regs(ARM_CPU(cpu), cpu_registers);
    qemu_register_reset(cpu_at_reset, cpu);
}

/* --- CPU1 waits for AuxCoreBoot0 and an event --- */

static void cpu1_start(void *opaque)
{
    qemu_log("dra7: CPU1 leaves the ROM for %08x\n", rom.aux_core_boot_0[1]);
    arm_set_cpu_on(1, ROM_PA, 0, 3, false);
}

/*
 * Runs on the thread of the CPU that executes SEV, without QEMU's big lock.
 * Linux executes a SEV for each spinlock it gives back: be quick.
 */
static void sev_seen(void)
{
    int64_t delay_ms = rom.soc->config.cpu1_delay_ms;

    /* The same test as in rom.S: Linux writes 0x20. */
    if (!(qatomic_read(rom.aux_core_boot_0) >> 4))
        return;
    qemu_mutex_lock_iothread();
    if (qatomic_xchg(&dra7_sev, NULL)) {
        if (delay_ms)
            timer_mod(rom.cpu1_start, dra7_now() + delay_ms * SCALE_MS);
        else
            cpu1_start(NULL);
    }
    qemu_mutex_unlock_iothread();
}

static void service_unknown(struct dra7 *soc, uint32_t pa, uint32_t before)
{
    qemu_log("dra7: ROM: service 0x%x is unknown or refused\n",
             *reg_word(soc, pa));
}

static const struct reg_rule rules[] = {
    { EAR, 4, NULL, service_unknown },
};

static void rom_reset(void *opaque)
{
    timer_del(rom.cpu1_start);
    rom.l2actlr = 0;
    if (!strcmp(rom.soc->config.cpu1, "present"))
        qatomic_set(&dra7_sev, sev_seen);
}

/* --- what is loaded --- */

/* SPL: [table] size, address, code; U-Boot's tools/omapimage.c makes it. */
static uint32_t load_mlo(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize nr;
    uint32_t at, pa;

    if (!g_file_get_contents(path, &bytes, &nr, NULL) || nr < 2 * TOC_BYTES) {
        error_report("dra7-evm: cannot read '%s', or it is no MLO", path);
        exit(1);
    }
    at = !memcmp(bytes + 0x14, "CHSETTINGS", 10) ? TOC_BYTES : 0;
    pa = ldl_le_p(bytes + at + 4);
    rom_add_blob_fixed("dra7.mlo", bytes + at + 8, nr - at - 8, pa);
    return pa;
}

/* What the ROM tells SPL: booted from MMC1, from a file of a FAT. */
static void load_boot_params(void)
{
    uint32_t words[32] = {
        [1] = BOOT_PARAMS_PA + 0x10,     /* boot device descriptor           */
        [2] = 5,                         /* MMC1; byte 1, reset reason: cold */
        [4 + 6] = BOOT_PARAMS_PA + 0x40, /* ... its device data          */
        [16 + 2] = 2,                    /* ... boot mode: FAT               */
    };

    rom_add_blob_fixed("dra7.bootparams", words, sizeof(words), BOOT_PARAMS_PA);
}

static uint32_t refused_cpus(const char *allowed)
{
    if (!strcmp(allowed, "none"))
        return 3;
    return !strcmp(allowed, "cpu0") ? 1 << 1 : 0;
}

static void load_rom(struct dra7 *soc)
{
    uint32_t words[ARRAY_SIZE(rom_image)];

    memcpy(words, rom_image, sizeof(words));
    words[PARAM_ENTRY] = soc->config.entry;
    words[PARAM_R0] = soc->config.r0;
    words[PARAM_R1] = soc->config.r1;
    words[PARAM_R2] = soc->config.r2;
    words[PARAM_HYP] = soc->config.hyp;
    words[PARAM_REFUSED] = refused_cpus(soc->config.hyp_service);
    words[PARAM_CNTFRQ] = soc->config.cntfrq;
    rom_add_blob_fixed("dra7.rom", words, sizeof(words), ROM_PA);
}

void rom_create(struct dra7 *soc)
{
    MemoryRegion *memory = get_system_memory();

    rom.soc = soc;
    memory_region_init_rom(&rom.rom, NULL, "dra7.rom", 48 * KiB, &error_fatal);
    memory_region_add_subregion(memory, ROM_PA, &rom.rom);
    memory_region_init_ram(&rom.ocmc1, NULL, "dra7.ocmc1", 512 * KiB,
                           &error_fatal);
    memory_region_add_subregion(memory, OCMC1_PA, &rom.ocmc1);
    memory_region_init_ram(&rom.ocmc23, NULL, "dra7.ocmc23", 2 * MiB,
                           &error_fatal);
    memory_region_add_subregion(memory, OCMC2_PA, &rom.ocmc23);

    if (soc->config.mlo) {
        soc->config.entry = load_mlo(soc->config.mlo);
        soc->config.r0 = BOOT_PARAMS_PA;
    }
    load_boot_params();
    load_rom(soc);

    rom.aux_core_boot_0 = reg_word(soc, AUX_CORE_BOOT_0);
    rom.cpu1_start = timer_new_ns(QEMU_CLOCK_VIRTUAL, cpu1_start, NULL);
    regs_follow(soc, rules, ARRAY_SIZE(rules));
    qemu_register_reset(rom_reset, NULL);
}
