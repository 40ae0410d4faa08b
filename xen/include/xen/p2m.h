/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain's gfn -> mfn map, which is the table that hardware walks.
 * Removal order, always: clear entry, TLBI (with the 798181 steps), DSB,
 * only then drop the page's reference (safety.md R9).
 *
 * Source: ARM DDI 0406C.c B3.6.
 * Layer:  6 (guest).
 */
#ifndef XEN_P2M_H
#define XEN_P2M_H

#include <xen/domain.h>
#include <xen/p2m_types.h>

/*
 * Root table, VMID, and a pool of P2M_POOL_MIN table pages; the hardware
 * domain takes tables from the page allocator without a limit.
 * Returns 0, -ENOMEM, -ENOSPC (no VMID).
 */
#define P2M_POOL_MIN 16u
int must_check p2m_create(struct domain *d);
/* Remove every mapping, dropping foreign references; 0 or -ERESTART. */
int must_check p2m_kill(struct domain *d);
/* Tables and VMID; after p2m_kill, or of a half-made p2m; idempotent. */
void p2m_destroy(struct domain *d);

/*
 * Page-table pool in pages: grow or shrink, at most 64 pages a call.
 * 0, -ENOMEM (grown as far as it went), -EBUSY (pages in use), -ERESTART.
 */
int must_check p2m_pool_set(struct domain *d, uint32_t pages);

/*
 * Map [gfn, gfn+nr) to [mfn, ...). What was mapped there is unmapped first,
 * with the reference rules of its type. Reference rules of the new mapping:
 * P2M_FOREIGN*: the caller hands in one page reference per frame, and one
 * of the domain that the page belongs to (none for a page of ours), which
 * the mapping owns from now on; other types own nothing.
 * Returns 0, -EINVAL (range beyond 40 bits; a domain that dies), -ENOMEM
 * (nothing mapped).
 * Not preemptible: callers of guest-chosen size pass <= 512 frames.
 */
int must_check p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
                       enum p2m_type type);

/*
 * Unmap [gfn, gfn+nr); absent frames are skipped. TLB flushed on return,
 * foreign references dropped. Returns 0 or -EINVAL, -ENOMEM (split failed).
 */
int must_check p2m_unmap(struct domain *d, gfn_t gfn, uint32_t nr);

/*
 * Unmap the one frame @gfn as p2m_unmap does, if its type is one of @types
 * (bit per p2m_type) and its frame @mfn (INVALID_MFN: any).
 * Returns 0, -ENOENT (it is not so), -ENOMEM (split failed).
 */
int must_check p2m_unmap_if(struct domain *d, gfn_t gfn, uint32_t types,
                            mfn_t mfn);
#define P2M_ALL    (~0u)
#define P2M_GRANTS (1u << P2M_GRANT | 1u << P2M_GRANT_RO)

/* Frame behind @gfn and its type, or INVALID_MFN and P2M_NONE.
 * @type may be NULL. */
mfn_t p2m_lookup(struct domain *d, gfn_t gfn, enum p2m_type *type);

/*
 * The page behind @gfn with a reference taken, under the p2m lock, so that
 * it cannot vanish between (XSA-473). Only RAM, FOREIGN and GRANT types.
 * NULL when there is none. Drop with page_put.
 */
struct page *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *type);

/*
 * As p2m_get_page, but only RAM that is @d's own; for @write not RAM_RO.
 * One look and one reference instead of a reference and a second look.
 */
struct page *p2m_get_own(struct domain *d, gfn_t gfn, bool write);

/*
 * Unmap one frame of @d's own RAM as p2m_unmap does. Its page, with a
 * reference, so that it is no other page until the caller is done with it;
 * NULL: not own RAM, or no memory to split a block.
 */
struct page *p2m_take_own(struct domain *d, gfn_t gfn);

/* As pt_next_mapped: *@gfn goes to a mapped one before @end, or onwards. */
bool p2m_next(struct domain *d, gfn_t *gfn, gfn_t end);

/*
 * A stage-2 fault of the current vCPU on @gfn: false when a mapping is there
 * now, since an entry that is being changed is absent for a moment
 * (break-before-make) and the access is to be made again.
 */
bool p2m_fault_is_real(struct domain *d, gfn_t gfn);

/* Load VTTBR of @d on this CPU / note that this CPU left it. */
void p2m_load(struct domain *d);
void p2m_leave(struct domain *d);

/* Invalidate this VMID's TLB entries on all CPUs, with erratum steps. */
void p2m_flush_tlb(struct domain *d);

/*
 * Clean and invalidate mapped RAM frames of [gfn, gfn+nr) to the point of
 * coherency. @*cursor: frames done, 0 at first. 0, -EINVAL (range), or
 * -ERESTART with the cursor moved.
 */
int must_check p2m_cache_flush(struct domain *d, gfn_t gfn, uint32_t nr,
                               uint32_t *cursor);

/* Trap: stage-2 prefetch abort. */
enum verdict p2m_iabt(struct vcpu *v, uint32_t hsr);

#endif /* XEN_P2M_H */
