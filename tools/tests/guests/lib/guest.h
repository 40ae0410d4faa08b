/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test guest may use: the machine it finds itself on, text output,
 * faults it can survive, interrupts, the virtual timer, PSCI and other CPUs.
 *
 * The same image runs in a domain and on a bare board. machine.xen tells.
 * Stage 1 maps all 4 GiB one to one; the GiB that holds the image is cached
 * memory, the rest is device memory.
 *
 * Source: DDI 0406C.c (CP15, exceptions); IHI 0048B (GICv2).
 * Layer:  test guest.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

#include "marks.h"

#define GUEST_CPUS 8

/* --- the machine, read from the device tree before main() --------------- */

struct machine {
    const void *fdt;
    const char *bootargs; /* never NULL                                   */
    bool xen;             /* there is a /hypervisor node                  */
    bool psci_smc;        /* conduit of /psci; false: HVC                 */
    unsigned int nr_cpus;
    uint32_t mpidr[GUEST_CPUS]; /* affinity bits, as PSCI wants them       */
    uint32_t gicd, gicc; /* addresses of the interrupt controller        */
    uint32_t uart;       /* PL011 of a bare board, 0 in a domain         */
    uint32_t vtimer_irq, ptimer_irq;
    uint32_t event_irq; /* PPI of event channels, 0 on a bare board     */
    uint32_t grant_base, grant_size; /* window for grant frames            */
    uint64_t ram_base, ram_size;     /* first bank                         */
};
extern struct machine machine;

/* What each guest defines. Returning powers the machine off. */
void main(void);

/* True if @word stands alone in the boot arguments. */
bool bootarg_set(const char *word);

/* Value of "name=number" in the boot arguments, else @fallback. */
uint32_t bootarg_number(const char *name, uint32_t fallback);

/* --- CP15 and CPU ------------------------------------------------------- */

/* clang-format off */
#define CP15_READ(op1, crn, crm, op2) ({                                      \
    uint32_t value_;                                                          \
    __asm__ volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2       \
                     : "=r"(value_) : : "memory");                            \
    value_; })
#define CP15_WRITE(value, op1, crn, crm, op2)                                 \
    __asm__ volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2       \
                     : : "r"((uint32_t)(value)) : "memory")
#define CP15_READ64(op1, crm) ({                                              \
    uint64_t value_;                                                          \
    __asm__ volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm                    \
                     : "=r"(value_) : : "memory");                            \
    value_; })
#define CP15_WRITE64(value, op1, crm)                                         \
    __asm__ volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm                    \
                     : : "r"((uint64_t)(value)) : "memory")
/* clang-format on */

static inline unsigned int cpu_id(void)
{
    return CP15_READ(0, c13, c0, 4);
}

#define INSTRUCTION(name, text)                                                \
    static inline void name(void)                                              \
    {                                                                          \
        __asm__ volatile(text : : : "memory");                                 \
    }

INSTRUCTION(irq_unmask, "cpsie i")
INSTRUCTION(irq_mask, "cpsid i")
INSTRUCTION(wfi, "dsb\n wfi")
INSTRUCTION(cpu_relax, "yield")
INSTRUCTION(dsb, "dsb")
INSTRUCTION(dmb, "dmb")
INSTRUCTION(isb, "isb")

static inline uint32_t read32(uint32_t gpa)
{
    uint32_t value;

    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(gpa) : "memory");
    return value;
}

static inline void write32(uint32_t gpa, uint32_t value)
{
    __asm__ volatile("str %0, [%1]" : : "r"(value), "r"(gpa) : "memory");
}

static inline uint16_t read16(uint32_t gpa)
{
    uint32_t value;

    __asm__ volatile("ldrh %0, [%1]" : "=r"(value) : "r"(gpa) : "memory");
    return (uint16_t)value;
}

static inline void write16(uint32_t gpa, uint16_t value)
{
    __asm__ volatile("strh %0, [%1]" : : "r"(value), "r"(gpa) : "memory");
}

static inline uint8_t read8(uint32_t gpa)
{
    uint32_t value;

    __asm__ volatile("ldrb %0, [%1]" : "=r"(value) : "r"(gpa) : "memory");
    return (uint8_t)value;
}

static inline void write8(uint32_t gpa, uint8_t value)
{
    __asm__ volatile("strb %0, [%1]" : : "r"(value), "r"(gpa) : "memory");
}

/* --- output ------------------------------------------------------------- */

/* Raw bytes to the console: console_io in a domain, PL011 on a board. */
void console_write(const char *text, size_t len);
/* When it is set: this instead. */
extern void (*console_hook)(const char *text, size_t len);

/* Formatted text; C conversions without floating point. At most 256 bytes. */
void print(const char *fmt, ...) printf_like(1, 2);

/* --- faults ------------------------------------------------------------- */

enum fault_kind {
    FAULT_NONE = 0,
    FAULT_UNDEF = 1,
    FAULT_SVC = 2,
    FAULT_PREFETCH = 3,
    FAULT_DATA = 4,
    FAULT_FIQ = 6,
};

/* Registers at an exception, as start.S stores them. */
struct frame {
    uint32_t r[13];
    uint32_t lr;   /* of SVC mode                                           */
    uint32_t pc;   /* LR of the exception's mode as the CPU left it         */
    uint32_t cpsr; /* its SPSR                                              */
};

/* What the last expected fault looked like. */
struct fault {
    enum fault_kind kind;
    uint32_t raw_lr; /* LR as the CPU set it                            */
    uint32_t pc;     /* address of the faulting instruction             */
    uint32_t spsr;
    uint32_t fsr, far; /* DFSR/DFAR or IFSR/IFAR                          */
};

/*
 * From fault_expect() to fault_taken() a fault of this CPU is recorded
 * instead of reported, and execution goes on behind the faulting instruction
 * (which must be an ARM one); after a prefetch abort, at the caller of the
 * code that could not be fetched (LR). The last fault wins.
 */
void fault_expect(void);

/*
 * The same, but execution goes on at @resume: for tests that must survive a
 * hypervisor that gets the return address wrong.
 */
void fault_expect_resume(uintptr_t resume);

/* Ends the window. True and *@fault filled if there was a fault. */
bool fault_taken(struct fault *fault);

/* --- interrupts --------------------------------------------------------- */

typedef void (*irq_handler_t)(uint32_t irq);

#define GICD_CTLR       0x000
#define GICD_TYPER      0x004
#define GICD_IIDR       0x008
#define GICD_IGROUPR    0x080
#define GICD_ISENABLER  0x100
#define GICD_ICENABLER  0x180
#define GICD_ISPENDR    0x200
#define GICD_ICPENDR    0x280
#define GICD_ISACTIVER  0x300
#define GICD_ICACTIVER  0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR  0x800
#define GICD_ICFGR      0xc00
#define GICD_SGIR       0xf00
#define GICD_CPENDSGIR  0xf10
#define GICD_SPENDSGIR  0xf20
#define GICC_CTLR       0x000
#define GICC_PMR        0x004
#define GICC_BPR        0x008
#define GICC_IAR        0x00c
#define GICC_EOIR       0x010
#define GICC_RPR        0x014
#define GICC_HPPIR      0x018
#define GIC_SPURIOUS    1023

/*
 * Distributor and this CPU's interface on, all priorities let through.
 * Secondaries call gic_cpu_init() only. IRQs stay masked in the CPSR.
 */
void gic_init(void);
void gic_cpu_init(void);

void irq_handle(uint32_t irq, irq_handler_t handler);
void irq_enable(uint32_t irq);
void irq_disable(uint32_t irq);

/* SGI @irq to the CPUs whose bit is set in @cpus, or to the caller. */
void sgi_send(uint32_t irq, uint32_t cpus);
void sgi_send_self(uint32_t irq);

/* --- virtual timer ------------------------------------------------------ */

static inline uint64_t timer_now(void)
{
    isb();
    return CP15_READ64(1, c14);
}

static inline uint32_t timer_frequency(void)
{
    return CP15_READ(0, c14, c0, 0);
}

/* Interrupt machine.vtimer_irq when timer_now() reaches @deadline. */
static inline void timer_arm(uint64_t deadline)
{
    CP15_WRITE64(deadline, 3, c14);
    CP15_WRITE(1, 0, c14, c3, 1);
    isb();
}

static inline void timer_stop(void)
{
    CP15_WRITE(0, 0, c14, c3, 1);
    isb();
}

uint64_t ticks_to_ns(uint64_t ticks);
uint64_t us_to_ticks(uint32_t us);

/* Busy for @us microseconds. */
void delay_us(uint32_t us);

/* --- PSCI and other CPUs ------------------------------------------------ */

#define PSCI_VERSION       0x84000000u
#define PSCI_CPU_SUSPEND   0x84000001u
#define PSCI_CPU_OFF       0x84000002u
#define PSCI_CPU_ON        0x84000003u
#define PSCI_AFFINITY_INFO 0x84000004u
#define PSCI_SYSTEM_OFF    0x84000008u
#define PSCI_SYSTEM_RESET  0x84000009u
#define PSCI_FEATURES      0x8400000au

/* One SMCCC call through the conduit of this machine; r1..r3 as given. */
uint32_t psci_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c);

/* The same through a chosen instruction. */
uint32_t smccc_hvc(uint32_t function, uint32_t a, uint32_t b, uint32_t c);
uint32_t smccc_smc(uint32_t function, uint32_t a, uint32_t b, uint32_t c);

/*
 * Start CPU @cpu in @fn(@arg), with vectors, stack and stage 1 set up and
 * IRQs masked. When @fn returns the CPU turns itself off.
 * Returns PSCI's answer: 0 or a negative error.
 */
int cpu_start(unsigned int cpu, void (*fn)(void *), void *arg);

/* Wait until AFFINITY_INFO says that the CPU is off. */
void cpu_wait_off(unsigned int cpu);

no_return void power_off(void);

#endif /* GUEST_H */
