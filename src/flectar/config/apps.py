from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "flectar.config"
    label = "config"

    def ready(self) -> None:
        from flectar.config import outside
        from flectar.config.context import waiting
        from flectar.config.deeds import DEEDS
        from flectar.config.modules import AREAS, PERMISSIONS, SWITCHES
        from flectar.config.reactions import reactions
        from flectar.core import events
        from flectar.offers.booking.blocks import contribution
        from flectar.offers.booking.customer_actions import beside_customer, for_customer
        from flectar.offers.booking.customer_filters import NARROWING
        from flectar.offers.booking.deeds.history import of_customer
        from flectar.offers.booking.messages import told
        from flectar.offers.booking.models import BookingImport
        from flectar.offers.booking.outgoing import EVENTS as BOOKING_EVENTS
        from flectar.offers.booking.scheduling import touched
        from flectar.offers.booking.services import caps
        from flectar.offers.booking.views.staff import calendars_of
        from flectar.people.customers import actions, erasing, narrowing, panels, timeline
        from flectar.people.customers import told as customers_told
        from flectar.people.customers.outgoing import EVENTS as CUSTOMER_EVENTS
        from flectar.platform.accounts import obstacles
        from flectar.platform.audit import reading
        from flectar.platform.legal import compiled
        from flectar.platform.lists import saved
        from flectar.platform.notifications import bell, kinds, of_platform
        from flectar.platform.organizations import roles
        from flectar.platform.outbox import rendering
        from flectar.platform.projects import history, leaving, modules, touching
        from flectar.platform.projects.views import members
        from flectar.platform.webhooks import catalogue
        from flectar.presence.sites import blocks, lifecycle, mail_colours
        from flectar.ui import index

        events.connect(reactions())
        modules.connect(SWITCHES)
        blocks.connect([contribution])
        timeline.register(of_customer)
        actions.register(for_customer)
        panels.register(beside_customer)
        narrowing.register(NARROWING)
        erasing.register_reports(BookingImport)
        history.register(lifecycle.HISTORY)
        history.register(caps.HISTORY)
        reading.connect(DEEDS)
        reading.connect_words(PERMISSIONS)
        obstacles.connect([leaving.obstacles])
        catalogue.connect([*BOOKING_EVENTS, *CUSTOMER_EVENTS])
        compiled.connect(outside.BROWSER_ITEMS, outside.PROCESSORS)
        index.connect(index.Around(saved.views, saved.kept, bell.unread_of, waiting))
        kinds.connect([*told.KINDS, *customers_told.KINDS, *of_platform.KINDS])
        roles.connect(PERMISSIONS)
        roles.connect_areas(AREAS)
        rendering.connect(mail_colours.of)
        members.connect(calendars_of)
        touching.connect([touched.TOUCHING])
