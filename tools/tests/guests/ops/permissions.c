/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each operation from each position. What comes back shows whether the
 * caller was let through; arguments are chosen such that what follows does
 * no harm to the callers: most often nothing, or the mistake that is asked
 * for right behind the caller's right.
 *
 * Source: public/ headers. The expected answers: system/permissions.txt.
 * Layer:  test guest, first domain.
 */
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/hvm/params.h>
#include <public/memory.h>
#include <public/platform.h>
#include <public/sched.h>
#include <public/sysctl.h>
#include <public/vcpu.h>
#include <public/version.h>

#include "ops.h"

struct row {
    const char *name;
    struct op_call call;
};

#define DC(op_, ...)                                                           \
    {                                                                          \
        "domctl." #op_,                                                        \
        {                                                                      \
            .kind = DOMCTL, .cmd = XEN_DOMCTL_##op_, .dom = NO_DOM, .w = {     \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
#define SC(op_, ...)                                                           \
    {                                                                          \
        "sysctl." #op_,                                                        \
        {                                                                      \
            .kind = SYSCTL, .cmd = XEN_SYSCTL_##op_, .dom = NO_DOM, .w = {     \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
#define EV(op_, dom_, ...)                                                     \
    {                                                                          \
        "event." #op_,                                                         \
        {                                                                      \
            .kind = EVENT, .cmd = EVTCHNOP_##op_, .dom = (dom_), .w = {        \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
#define MM(op_, dom_, ...)                                                     \
    {                                                                          \
        "memory." #op_,                                                        \
        {                                                                      \
            .kind = MEMORY, .cmd = XENMEM_##op_, .dom = (dom_), .w = {         \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
/* One frame of order 0, in a list at byte 40. */
#define MR(op_, gfn_)                                                          \
    {                                                                          \
        "memory." #op_,                                                        \
        {                                                                      \
            .kind = MEMORY, .cmd = XENMEM_##op_, .dom = 24, .pointers = 1,     \
            .w = {                                                             \
                40,                                                            \
                0,                                                             \
                1,                                                             \
                [10] = (gfn_)                                                  \
            }                                                                  \
        }                                                                      \
    }
#define GR(op_, dom_, status_, ...)                                            \
    {                                                                          \
        "grant." #op_,                                                         \
        {                                                                      \
            .kind = GRANT, .cmd = GNTTABOP_##op_, .dom = (dom_),               \
            .status = (status_), .w = {                                        \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
#define SD(op_, dom_, ...)                                                     \
    {                                                                          \
        "sched." #op_,                                                         \
        {                                                                      \
            .kind = SCHED, .cmd = SCHEDOP_##op_, .dom = (dom_), .w = {         \
                __VA_ARGS__                                                    \
            }                                                                  \
        }                                                                      \
    }
#define XV(op_, kind_)                                                         \
    {                                                                          \
        "version." #op_,                                                       \
        {                                                                      \
            .kind = (kind_), .cmd = XENVER_##op_, .dom = NO_DOM                \
        }                                                                      \
    }
#define NO(op_)                                                                \
    {                                                                          \
        "hypercall." #op_,                                                     \
        {                                                                      \
            .kind = RAW, .cmd = __HYPERVISOR_##op_, .dom = NO_DOM              \
        }                                                                      \
    }

#define NO_PORT  999
#define NO_CPU   99
#define FREE_GFN 0x50000u

/* clang-format off */
static const struct row rows[] = {
    DC(createdomain), DC(destroydomain), DC(pausedomain), DC(unpausedomain),
    DC(getdomaininfo), DC(setvcpuaffinity), DC(getvcpuaffinity),
    DC(shadow_op), DC(max_mem, 4096), DC(setvcpucontext, NO_CPU),
    DC(getvcpucontext, NO_CPU), DC(getvcpuinfo, NO_CPU), DC(max_vcpus, 77),
    DC(scheduler_op, 77), DC(setdomainhandle), DC(setdebugging),
    DC(irq_permission), DC(iomem_permission), DC(settimeoffset),
    DC(resumedomain), DC(sendtrigger), DC(subscribe, NO_PORT),
    DC(set_address_size, 32), DC(assign_device), DC(test_assign_device),
    DC(deassign_device), DC(get_device_group), DC(bind_pt_irq),
    DC(unbind_pt_irq), DC(memory_mapping), DC(set_target, 0x1234),
    DC(vm_event_op, XEN_VM_EVENT_GET_VERSION), DC(set_access_required),
    DC(set_virq_handler, 24),
    DC(get_virq_handler, 24),
    { "domctl.set_virq_handler/dom_exc",
      { .kind = DOMCTL, .cmd = XEN_DOMCTL_set_virq_handler, .dom = NO_DOM,
        .w = { VIRQ_DOM_EXC } } },
    DC(setnodeaffinity), DC(getnodeaffinity),
    DC(cacheflush), DC(setvnumainfo), DC(monitor_op), DC(soft_reset),
    DC(vuart_op, 9), DC(get_paging_mempool_size),
    DC(set_paging_mempool_size, 1), DC(get_domain_state),

    SC(readconsole), SC(tbuf_op, 77), SC(physinfo), SC(sched_id),
    SC(perfc_op), SC(getdomaininfolist), SC(debug_keys), SC(getcpuinfo),
    SC(availheap), SC(get_pmstat), SC(cpu_hotplug), SC(pm_op),
    SC(page_offline_op), SC(lockprof_op), SC(cputopoinfo), SC(numainfo),
    SC(cpupool_op, XEN_SYSCTL_CPUPOOL_OP_INFO, 77), SC(scheduler_op, 77),
    SC(coverage_op), SC(pcitopoinfo), SC(livepatch_op),

    EV(bind_interdomain, 0, 0, NO_PORT), EV(bind_virq, NO_DOM, 24),
    EV(bind_pirq, NO_DOM, 0), EV(close, NO_DOM, NO_PORT),
    EV(send, NO_DOM, NO_PORT), EV(status, 0, 0, NO_PORT),
    EV(alloc_unbound, 0, 0), EV(bind_ipi, NO_DOM, NO_CPU),
    EV(bind_vcpu, NO_DOM, 1, NO_CPU), EV(unmask, NO_DOM, NO_PORT),
    EV(reset, 0, 0), EV(init_control, NO_DOM, 0),
    EV(expand_array, NO_DOM, 0), EV(set_priority, NO_DOM, 0),

    MR(populate_physmap, FREE_GFN), MR(increase_reservation, 0),
    MR(decrease_reservation, VICTIM_GFN), MM(maximum_ram_page, NO_DOM, 0),
    MM(current_reservation, 0, 0), MM(maximum_reservation, 0, 0),
    MM(maximum_gpfn, 0, 0), MM(machphys_mfn_list, NO_DOM, 0),
    MM(add_to_physmap, 0, 0, XENMAPSPACE_shared_info, 1, 0, FREE_GFN + 1),
    MM(add_to_physmap_batch, 0, 0, XENMAPSPACE_shared_info),
    { "memory.add_to_physmap_batch/foreign",
      { .kind = MEMORY, .cmd = XENMEM_add_to_physmap_batch, .dom = 6,
        .error = DATA, .pointers = 1u << 2 | 1u << 4 | 1u << 6,
        .w = { DOMID_SELF | XENMAPSPACE_gmfn_foreign << 16, 1,
               40, 0, 48, 0, DATA, 0,
               [10] = VICTIM_GFN, 0, ~0u, ~0u } } },
    MM(remove_from_physmap, 0, 0, 0, FREE_GFN + 2), MM(exchange, NO_DOM, 0),
    MM(memory_map, NO_DOM, 0), MM(machine_memory_map, NO_DOM, 0),
    MM(machphys_mapping, NO_DOM, 0), MM(set_memory_map, NO_DOM, 0),
    MM(set_pod_target, 32, 0), MM(get_pod_target, 32, 0),
    MM(get_sharing_freed_pages, NO_DOM, 0),
    MM(get_sharing_shared_pages, NO_DOM, 0), MM(paging_op, NO_DOM, 0),
    MM(access_op, 2, 0), MM(sharing_op, NO_DOM, 0), MM(claim_pages, 24, 0),
    MM(get_vnumainfo, 0, 0), MM(reserved_device_memory_map, NO_DOM, 0),
    MM(acquire_resource, 0, XENMEM_resource_grant_table << 16),

    GR(map_grant_ref, 16, 18, FREE_GFN << 12, 0, 2, 9),
    { "grant.map_grant_ref/store",
      { .kind = GRANT, .cmd = GNTTABOP_map_grant_ref, .dom = 16,
        .status = 18, .w = { FREE_GFN << 12, 0, 2,
                             GNTTAB_RESERVED_XENSTORE } } },
    GR(unmap_grant_ref, NO_DOM, 20, 0, 0, 0, 0, 9999),
    GR(setup_table, 0, 8, 0), GR(dump_table, 0, 2, 0),
    GR(transfer, 8, 16, 0), GR(copy, 8, 36, 9, 0, 0, 0, VICTIM_GFN, 0,
                               DOMID_SELF, 0, 4 | 1 << 16),
    GR(query_size, 0, 12, 0), GR(unmap_and_replace, NO_DOM, 20, 0),
    GR(set_version, NO_DOM, 0, 1), GR(get_status_frames, 4, 6, 0),
    GR(get_version, 0, 0, 0), GR(swap_grant_ref, NO_DOM, 8, 0),
    GR(cache_flush, NO_DOM, 0, 0),

    SD(yield, NO_DOM, 0), SD(block, NO_DOM, 0), SD(shutdown, NO_DOM, 99),
    SD(poll, NO_DOM, 0, 0, 0, 0, 1), SD(remote_shutdown, 0, 0, 99),
    SD(shutdown_code, NO_DOM, 99), SD(watchdog, NO_DOM, 0),
    SD(pin_override, NO_DOM, ~0u),

    { "vcpu.register_vcpu_info",
      { .kind = VCPU, .cmd = VCPUOP_register_vcpu_info, .dom = NO_DOM,
        .w = { 0, 0, 1 } } },
    { "vcpu.register_runstate_memory_area",
      { .kind = VCPU, .cmd = VCPUOP_register_runstate_memory_area,
        .dom = NO_DOM } },
    { "hvm.set_param",
      { .kind = HVM, .cmd = HVMOP_set_param, .dom = 0,
        .w = { 0, HVM_PARAM_CALLBACK_IRQ } } },
    { "hvm.get_param",
      { .kind = HVM, .cmd = HVMOP_get_param, .dom = 0,
        .w = { 0, HVM_PARAM_STORE_PFN } } },
    { "hvm.get_param/monitor",
      { .kind = HVM, .cmd = HVMOP_get_param, .dom = 0,
        .w = { 0, HVM_PARAM_MONITOR_RING_PFN } } },
    { "hvm.guest_request_vm_event",
      { .kind = HVM_NULL, .cmd = HVMOP_guest_request_vm_event,
        .dom = NO_DOM } },
    { "console.write",
      { .kind = CONSOLE, .cmd = CONSOLEIO_write, .dom = NO_DOM } },
    { "console.read",
      { .kind = CONSOLE, .cmd = CONSOLEIO_read, .dom = NO_DOM } },
    { "assist.enable",
      { .kind = ASSIST, .cmd = VMASST_CMD_enable, .dom = NO_DOM,
        .n = VMASST_TYPE_runstate_update_flag } },
    { "assist.disable",
      { .kind = ASSIST, .cmd = VMASST_CMD_disable, .dom = NO_DOM,
        .n = VMASST_TYPE_runstate_update_flag } },
    { "platform.settime64",
      { .kind = PLATFORM, .cmd = XENPF_settime64, .dom = NO_DOM,
        .w = { 0, 0, 0, 1 } } },
    XV(version, VERSION), XV(extraversion, VERSION),
    XV(compile_info, VERSION), XV(capabilities, VERSION),
    XV(changeset, VERSION), XV(platform_parameters, VERSION),
    XV(get_features, VERSION), XV(pagesize, VERSION_0),
    XV(guest_handle, VERSION), XV(commandline, VERSION),
    XV(build_id, VERSION),
    { "hypercall.multicall", { .kind = MULTICALL, .dom = NO_DOM } },

    NO(sched_op_compat), NO(set_timer_op), NO(event_channel_op_compat),
    NO(physdev_op_compat), NO(mmuext_op), NO(xsm_op), NO(nmi_op),
    NO(callback_op), NO(xenoprof_op), NO(physdev_op), NO(kexec_op),
    NO(tmem_op), NO(argo_op), NO(xenpmu_op), NO(dm_op), NO(hypfs_op),
};
/* clang-format on */

/* ---- answers ---- */

static const struct {
    int rc;
    const char *name;
} errors[] = {
    { -EPERM, "PERM" },     { -ENOENT, "NOENT" }, { -ESRCH, "SRCH" },
    { -ENXIO, "NXIO" },     { -EACCES, "ACCES" }, { -EFAULT, "FAULT" },
    { -EBUSY, "BUSY" },     { -EINVAL, "INVAL" }, { -ENOSYS, "NOSYS" },
    { -ENODATA, "NODATA" }, { -ENOMEM, "NOMEM" }, { -EOPNOTSUPP, "NOTSUP" },
};

/* Grants have errors of their own, and reservations count extents. */
static void print_answer(const char *column, const struct op_call *call, int rc)
{
    bool counts = call->kind == MEMORY && call->dom == 24 &&
                  call->cmd != XENMEM_claim_pages;

    if (counts || (rc < 0 && call->kind == GRANT && call->status)) {
        print(" %s=%d", column, rc);
        return;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++) {
        if (rc == errors[i].rc) {
            print(" %s=%s", column, errors[i].name);
            return;
        }
    }
    if (rc < 0)
        print(" %s=%d", column, rc);
    else
        print(" %s=ok", column);
}

/* ---- positions ---- */

/* P: a plain guest. X: a xenstore domain. D: W's device model. */
static struct agent P = { .id = -1 }, X = { .id = -1 }, D = { .id = -1 };
static int victim, W;

/* SCHEDOP_block is over at once for whoever has an event waiting. */
static void wake(caller_t who)
{
    if (who)
        agent_change(who, AGENT_PAGE(AGENT_SHARED), 0xff, 1);
    else
        timer_arm(timer_now());
}

static void slept(caller_t who)
{
    if (who)
        agent_change(who, AGENT_PAGE(AGENT_SHARED), 0xff, 0);
    else
        timer_stop();
}

static void cell(const struct op_call *call, const char *column, caller_t who,
                 int object)
{
    bool block = call->kind == SCHED && call->cmd == SCHEDOP_block;
    int rc;

    if (block)
        wake(who);
    rc = op_make(who, call, object);
    if (block)
        slept(who);
    print_answer(column, call, rc);
}

static bool positions_make(void)
{
    struct xen_domctl op = { 0 };
    int rc;

    if (!agent_start(&P, 0, 1) ||
        !agent_start(&X, XEN_DOMCTL_CDF_xs_domain, 1) || !agent_start(&D, 0, 1))
        return false;
    agent_room(&P, 64);
    W = victim_make();
    op.u.set_target.target = (domid_t)W;
    rc = domain_call(&op, XEN_DOMCTL_set_target, D.id);
    if (rc)
        print("ops: no target: %d\n", rc);
    return rc == 0;
}

void permissions(const char *column)
{
    irq_enable(machine.vtimer_irq);
    if (!positions_make())
        return;
    victim = victim_make();
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct op_call *call = &rows[i].call;

        print("= %s:", rows[i].name);
        if (column) {
            cell(call, column, NULL, victim);
        } else {
            cell(call, "dom0", NULL, victim);
            cell(call, "self", &P, P.id);
            if (domain_flags(victim) < 0)
                victim = victim_make();
            cell(call, "other", &P, victim);
            cell(call, "to_dom0", &P, 0);
            cell(call, "store", &X, victim);
            cell(call, "model", &D, W);
        }
        print("\n");
        victim_end(victim);
        victim = victim_make();
    }
    victim_end(victim);
    agent_end(&D);
    victim_end(W);
    agent_end(&X);
    agent_end(&P);
}
