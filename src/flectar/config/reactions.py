"""Who reacts to which fact, in order, in the same transaction. The one table that lets lower apps speak upward."""

from flectar.core.events import Reactions


def reactions() -> Reactions:
    from flectar.money.payments.facts import PaymentCaptured, RefundDone
    from flectar.offers.booking import forgetting
    from flectar.offers.booking import outgoing as bookings
    from flectar.offers.booking.deeds import due, figures, handover, waiting
    from flectar.offers.booking.facts import (
        BookingCancelled,
        BookingClosed,
        BookingConfirmed,
        BookingDeclined,
        BookingExpired,
        BookingHeld,
        BookingMoved,
        BookingPaidLate,
        BookingRequested,
        ServicesChanged,
        TimeFreed,
    )
    from flectar.offers.booking.payment import charging
    from flectar.offers.booking.starters import fill
    from flectar.people.customers import outgoing as customers
    from flectar.people.customers.facts import CustomerAdded, CustomerChanged, CustomersMerged, CustomersSplit
    from flectar.platform.accounts.facts import AccountErased
    from flectar.platform.audit.facts import SafetyTouched
    from flectar.platform.notifications import leaving as own_lines
    from flectar.platform.notifications.of_platform import domain_lost, mail_lost, ownership_offered, safety_touched
    from flectar.platform.organizations.facts import OwnershipOffered
    from flectar.platform.outbox.facts import MessageLost
    from flectar.platform.projects import leaving
    from flectar.platform.projects.facts import (
        AddressesChanged,
        DomainLost,
        ProfileChanged,
        ProjectCreated,
        ProjectTransferred,
    )
    from flectar.presence.sites.reactions import show_anew, show_at_once, show_soon

    return {
        AccountErased: [own_lines.forget, handover.forget, leaving.forget],
        ProjectCreated: [fill, show_at_once],
        SafetyTouched: [safety_touched],
        MessageLost: [mail_lost],
        OwnershipOffered: [ownership_offered],
        DomainLost: [domain_lost],
        ProfileChanged: [show_at_once],
        AddressesChanged: [show_anew],
        ProjectTransferred: [handover.unlink_strangers],
        ServicesChanged: [show_at_once],
        BookingRequested: [show_soon, due.expire_later, bookings.tell],
        BookingHeld: [show_soon, due.expire_later, charging.ask, waiting.taken],
        BookingConfirmed: [show_soon, due.look_ahead, waiting.taken, bookings.tell],
        BookingMoved: [show_soon, due.look_ahead, bookings.tell, forgetting.sealed_anew],
        BookingCancelled: [show_soon, charging.cancelled, waiting.declined, bookings.tell, forgetting.sealed_anew],
        BookingDeclined: [show_soon, charging.end, bookings.tell, forgetting.sealed_anew],
        BookingExpired: [show_soon, charging.end, waiting.lapsed, forgetting.sealed_anew],
        TimeFreed: [waiting.wake],
        BookingClosed: [charging.closed, bookings.tell],
        BookingPaidLate: [charging.paid_late],
        PaymentCaptured: [charging.captured],
        RefundDone: [charging.refunded],
        CustomerAdded: [customers.tell],
        CustomerChanged: [customers.tell],
        CustomersMerged: [customers.tell_merged, figures.of_merged],
        CustomersSplit: [figures.of_merged],
    }
