"""What the web server loads, once per worker process."""

import os

from flectar.config.launcher.lifeline import die_with_parent

die_with_parent()  # first: a worker without its supervisor would go on serving old code

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flectar.config.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the line above, on purpose

django_application = get_wsgi_application()

from flectar.config.bodies import cap  # noqa: E402 - only now are the apps loaded
from flectar.core.bodies import bodies  # noqa: E402 - settings come first
from flectar.presence.sites.serving import front  # noqa: E402 - settings come first

application = front(bodies(django_application, cap))
