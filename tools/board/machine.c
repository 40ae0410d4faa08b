/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine "dra7-evm": TI's evaluation module for DRA75x/DRA74x (Jacinto
 * 6), two Cortex-A15, as far as boot loader, hypervisor and Linux see it.
 *
 * This file has the options, the memory map and the order of creation; the
 * device groups are in the files beside it. docs/boards/dra7-evm.md tells
 * what is modelled and what is not.
 *
 * Source: TRM 2 (memory mapping), 4 (dual Cortex-A15 MPU); U-Boot
 *         board/ti/dra7xx/evm.c (sizes of RAM and their places).
 */
#include "dra7.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qapi/visitor.h"
#include "cpu.h"
#include "hw/boards.h"
#include "hw/cpu/a15mpcore.h"
#include "hw/qdev-properties.h"

#define MIDR_R2P2          0x412fc0f2u /* what Linux and U-Boot print: r2p2 */
#define MPU_PERIPHERALS_PA 0x48210000u /* GICD at +0x1000, GICC at +0x2000 */
#define RAM_PA             0x80000000u
#define RAM_HIGH_PA        0x200000000ull
#define RAM_LOW            (2 * GiB)
/* With 2 GiB and more, SPL sets a trap over the last 16 MiB below 4 GiB. */
#define RAM_TRAP (16 * MiB)
/* What QEMU's counter runs at, in whole ns; software cannot see this rate. */
#define COUNTER_HZ 6144000

#define TYPE_DRA7_EVM MACHINE_TYPE_NAME("dra7-evm")
OBJECT_DECLARE_SIMPLE_TYPE(dra7_machine, DRA7_EVM)

struct dra7_machine {
    MachineState parent_obj;
    A15MPPrivState mpu;
    MemoryRegion ram_low, ram_high;
    struct dra7 soc;
};

/* --- options: -M dra7-evm,NAME=VALUE --- */

enum option_type {
    OPTION_NUMBER, /* uint32_t */
    OPTION_SWITCH, /* bool     */
    OPTION_WORD,   /* char *   */
};

#define AT(field) offsetof(struct dra7_config, field)

/* clang-format off */
static const struct board_option {
    const char *name;
    enum option_type type;
    size_t offset;
    const char *preset;
    const char *about;
} options[] = {
    { "hyp-service", OPTION_WORD, AT(hyp_service), "all",
      "who may enter HYP by the ROM's service 0x102: all, cpu0, none" },
    { "cpu1", OPTION_WORD, AT(cpu1), "present",
      "present, or missing: never starts" },
    { "cpu1-delay", OPTION_NUMBER, AT(cpu1_delay_ms), "0",
      "milliseconds from SEV until CPU1 leaves the ROM" },
    { "cntfrq", OPTION_NUMBER, AT(cntfrq), "0",
      "CNTFRQ that the ROM sets, in Hz" },
    { "sys-clksel", OPTION_NUMBER, AT(sys_clksel), "2",
      "CM_CLKSEL_SYS: 1 to 7 for 12, 20, 16.8, 19.2, 26, 27, 38.4 MHz" },
    { "speedselect", OPTION_NUMBER, AT(speedselect), "1",
      "CTRL_CORE_BOOTSTRAP 9:8; 0: a 32 kHz crystal, no erratum i856" },
    { "touchlog", OPTION_WORD, AT(touchlog), NULL,
      "file that gets the registers used, at the end" },
    { "entry", OPTION_NUMBER, AT(entry), "0x80800000",
      "without -bios: where the ROM jumps to" },
    { "r0", OPTION_NUMBER, AT(r0), "0x4037ff00", "... with this in r0" },
    { "r1", OPTION_NUMBER, AT(r1), "0", "... with this in r1" },
    { "r2", OPTION_NUMBER, AT(r2), "0", "... with this in r2" },
    { "hyp", OPTION_SWITCH, AT(hyp), NULL,
      "... in HYP, which no ROM does" },
};
/* clang-format on */

static void *option_field(Object *object, const struct board_option *option)
{
    return (char *)&DRA7_EVM(object)->soc.config + option->offset;
}

static void option_get(Object *object, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    const struct board_option *option = opaque;
    void *field = option_field(object, option);
    char *word;

    if (option->type == OPTION_NUMBER) {
        visit_type_uint32(v, name, field, errp);
    } else if (option->type == OPTION_SWITCH) {
        visit_type_bool(v, name, field, errp);
    } else {
        word = g_strdup(*(char **)field ? *(char **)field : "");
        visit_type_str(v, name, &word, errp);
        g_free(word);
    }
}

static void option_set(Object *object, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    const struct board_option *option = opaque;
    void *field = option_field(object, option);
    char *word;

    if (option->type == OPTION_NUMBER) {
        visit_type_uint32(v, name, field, errp);
    } else if (option->type == OPTION_SWITCH) {
        visit_type_bool(v, name, field, errp);
    } else if (visit_type_str(v, name, &word, errp)) {
        g_free(*(char **)field);
        *(char **)field = word;
    }
}

static void options_preset(Object *object)
{
    for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
        void *field = option_field(object, &options[i]);

        if (!options[i].preset)
            continue;
        if (options[i].type == OPTION_NUMBER)
            *(uint32_t *)field = strtoul(options[i].preset, NULL, 0);
        else
            *(char **)field = g_strdup(options[i].preset);
    }
}

static void require(bool holds, const char *what)
{
    if (!holds) {
        error_report("dra7-evm: %s", what);
        exit(1);
    }
}

static bool one_of(const char *word, const char *a, const char *b,
                   const char *c)
{
    return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

static void options_check(struct dra7_config *config)
{
    uint64_t mib = config->ram_size / MiB;

    require(one_of(config->hyp_service, "all", "cpu0", "none"),
            "hyp-service is all, cpu0 or none");
    require(one_of(config->cpu1, "present", "missing", "missing"),
            "cpu1 is present or missing");
    require(config->sys_clksel >= 1 && config->sys_clksel <= 7,
            "sys-clksel is 1 to 7");
    require(config->speedselect <= 3, "speedselect is 0 to 3");
    require(mib == 1536 || mib == 2048 || mib == 4096,
            "-m is 1536, 2048 or 4096");
}

/* --- the parts --- */

static void cpus_create(MachineState *ms, struct dra7 *soc)
{
    for (unsigned i = 0; i < ms->smp.cpus; i++) {
        Object *cpu = object_new(ms->cpu_type);

        object_property_set_uint(cpu, "midr", MIDR_R2P2, &error_abort);
        object_property_set_int(cpu, "reset-cbar", MPU_PERIPHERALS_PA,
                                &error_abort);
        object_property_set_int(cpu, "cntfrq", COUNTER_HZ, &error_abort);
        object_property_set_bool(cpu, "start-powered-off", i > 0, &error_abort);
        qdev_realize(DEVICE(cpu), NULL, &error_fatal);
        rom_cpu_create(soc, CPU(cpu));
    }
}

/* The GIC of the Cortex-A15, with its virtual interface and the timers' PPIs.
 */
static DeviceState *gic_create(MachineState *ms)
{
    struct dra7_machine *board = DRA7_EVM(ms);
    unsigned cpus = ms->smp.cpus;
    DeviceState *mpu;
    SysBusDevice *bus;

    object_initialize_child(OBJECT(board), "mpu", &board->mpu,
                            TYPE_A15MPCORE_PRIV);
    mpu = DEVICE(&board->mpu);
    bus = SYS_BUS_DEVICE(mpu);
    qdev_prop_set_uint32(mpu, "num-cpu", cpus);
    qdev_prop_set_uint32(mpu, "num-irq", 32 + DRA7_SPIS);
    sysbus_realize(bus, &error_fatal);
    sysbus_mmio_map(bus, 0, MPU_PERIPHERALS_PA);
    for (unsigned i = 0; i < cpus; i++) {
        DeviceState *cpu = DEVICE(qemu_get_cpu(i));
        static const int line[] = { ARM_CPU_IRQ, ARM_CPU_FIQ, ARM_CPU_VIRQ,
                                    ARM_CPU_VFIQ };

        for (unsigned k = 0; k < ARRAY_SIZE(line); k++)
            sysbus_connect_irq(bus, i + k * cpus,
                               qdev_get_gpio_in(cpu, line[k]));
    }
    return mpu;
}

/*
 * The first 2 GiB lie below 4 GiB; with 4 GiB, the rest is where U-Boot's
 * dram_init_banksize has it.
 */
static void ram_create(MachineState *ms)
{
    struct dra7_machine *board = DRA7_EVM(ms);

    memory_region_init_alias(&board->ram_low, NULL, "dra7.ram-low", ms->ram, 0,
                             MIN(ms->ram_size, RAM_LOW - RAM_TRAP));
    memory_region_add_subregion(get_system_memory(), RAM_PA, &board->ram_low);
    if (ms->ram_size <= RAM_LOW)
        return;
    memory_region_init_alias(&board->ram_high, NULL, "dra7.ram-high", ms->ram,
                             RAM_LOW, ms->ram_size - RAM_LOW);
    memory_region_add_subregion(get_system_memory(), RAM_HIGH_PA,
                                &board->ram_high);
}

static void board_create(MachineState *ms)
{
    struct dra7 *soc = &DRA7_EVM(ms)->soc;

    soc->config.ram_size = ms->ram_size;
    soc->config.mlo = ms->firmware;
    soc->after_spl = !ms->firmware;
    options_check(&soc->config);

    ram_create(ms);
    cpus_create(ms, soc);
    regs_create(soc);
    modules_create(soc);
    irq_create(soc, gic_create(ms));
    prcm_create(soc);
    uarts_create(soc);
    timers_create(soc);
    watchdog_create(soc);
    i2c_create(soc);
    mmc_create(soc);
    rom_create(soc);
}

static void class_create(ObjectClass *class, void *data)
{
    static const char *const types[] = { "uint32", "bool", "str" };
    MachineClass *mc = MACHINE_CLASS(class);

    mc->desc = "TI DRA7 (Jacinto 6) EVM, dual Cortex-A15";
    mc->init = board_create;
    mc->default_cpu_type = ARM_CPU_TYPE_NAME("cortex-a15");
    mc->default_cpus = mc->max_cpus = mc->min_cpus = DRA7_CPUS;
    mc->block_default_type = IF_SD;
    mc->default_ram_size = 1536 * MiB;
    mc->default_ram_id = "dra7.ram";
    for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
        object_class_property_add(class, options[i].name,
                                  types[options[i].type], option_get,
                                  option_set, NULL, (void *)&options[i]);
        object_class_property_set_description(class, options[i].name,
                                              options[i].about);
    }
}

static const TypeInfo board_type = {
    .name = TYPE_DRA7_EVM,
    .parent = TYPE_MACHINE,
    .instance_size = sizeof(struct dra7_machine),
    .instance_init = options_preset,
    .class_init = class_create,
};

static void board_register(void)
{
    type_register_static(&board_type);
}

type_init(board_register)
